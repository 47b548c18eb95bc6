"""What is the same bill again, and what only looks like one: decided by claims, so two at once are seen too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from finnest.turn import Claim, Turn
from services.invoices.documents.likeness import Keys
from services.invoices.domain.messages import InvoiceDuplicate, InvoiceValidated
from services.invoices.domain.telling import telling

ATTACHMENTS_COMPARED = 5
FLAGS = 10


@dataclass(frozen=True, slots=True)
class _Likeness:
    """A name that only one invoice holds, and what it means when another holds it."""

    claim: str
    same: bool
    """Whether the other is the same bill, or only looks like this one."""
    because: str = ""


def accept(validated: InvoiceValidated, keys: Keys | None, at: datetime) -> Turn:
    """Return the turn of a valid document: it goes on, perhaps flagged, or it is a duplicate.

    The same supplier and number is the same bill, and so is the same supplier and total under the same
    number written differently. The same number under another total, or the same attachment, is a flag.
    """
    return _try(validated, _likenesses(validated, keys) if keys else (), at)


def _try(validated: InvoiceValidated, likenesses: Sequence[_Likeness], at: datetime) -> Turn:
    def otherwise(likeness: _Likeness, holder: str) -> Turn:
        if likeness.same:
            duplicate = InvoiceDuplicate(
                invoice_id=validated.invoice_id,
                of=holder,
                because=likeness.because,
                attachments=validated.attachments,
                warnings=validated.warnings,
                report_sha256=validated.report_sha256,
            )
            return Turn([duplicate], starts=[telling("RE", at, [duplicate.reason])])
        flags = (*validated.flags, f"looks like {holder}: {likeness.because}")[:FLAGS]
        rest = [other for other in likenesses if other is not likeness]
        return _try(validated.model_copy(update={"flags": flags}), rest, at)

    claims = [Claim(one.claim, lambda holder, one=one: otherwise(one, holder)) for one in likenesses]
    return Turn([validated], claims=claims, starts=[telling("AB", at)])


def _likenesses(validated: InvoiceValidated, keys: Keys) -> list[_Likeness]:
    found: list[_Likeness] = []
    if keys.exact and keys.normal:
        total = f"{validated.currency}|{validated.payable_cents}"
        written = "same supplier and total, and a number that is only written differently"
        found.append(_Likeness(f"exact/{keys.exact}", same=True))
        found.append(_Likeness(f"bill/{keys.normal}|{total}", same=True, because=written))
        other = "same supplier, another total, and a number that is only written differently"
        found.append(_Likeness(f"number/{keys.normal}", same=False, because=other))
    else:
        found.append(_Likeness(f"content/{keys.content}", same=True, because="same content"))
    hashes = dict.fromkeys(file.sha256 for file in validated.attachments)
    for sha256 in list(hashes)[:ATTACHMENTS_COMPARED]:
        found.append(_Likeness(f"file/{sha256}", same=False, because="same attachment"))
    return found
