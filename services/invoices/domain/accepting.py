"""What is the same bill again, and what only looks like one: decided by claims, so two at once are seen too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from finnest.records import Event
from finnest.turn import Claim, Turn
from services.invoices.documents.likeness import Keys, seller
from services.invoices.domain.messages import InvoiceDuplicate, InvoiceValidated
from services.invoices.domain.telling import telling

ATTACHMENTS_COMPARED = 5
FLAGS = 10
FLAG_CHARS = 300


@dataclass(frozen=True, slots=True)
class _Likeness:
    """A name that only one invoice holds, and what it means when another holds it."""

    claim: str
    because: str
    same: bool = False
    """Whether the other is the same bill, or only looks like this one."""
    by_number: bool = False
    """Whether it is about the number: of these, one is told for each other invoice."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """A valid document on its way through the claims."""

    validated: InvoiceValidated
    at: datetime
    before: tuple[Event, ...] = ()
    """What is said before it goes on."""
    alike: frozenset[str] = frozenset()
    """Invoices of which it is said already that their number is like its own."""

    def turn(self, left: Sequence[_Likeness]) -> Turn:
        """Return the turn when nobody else holds what is left to claim, and else what follows instead."""
        claims = [Claim(one.claim, lambda holder, one=one: self._held(left, one, holder)) for one in left]
        starts = [telling("AB", self.at)]
        return Turn([*self.before, self.validated], {"status": "validated"}, starts, claims)

    def _held(self, left: Sequence[_Likeness], likeness: _Likeness, holder: str) -> Turn:
        if likeness.same:
            duplicate = InvoiceDuplicate(
                of=holder,
                because=likeness.because,
                **self.validated.model_dump(
                    include={
                        "invoice_id",
                        "ruleset",
                        "flags",
                        "attachments",
                        "attachments_left_out",
                        "warnings",
                        "report_sha256",
                    }
                ),
            )
            return Turn([duplicate], starts=[telling("RE", self.at, [duplicate.reason])])
        rest = [other for other in left if other is not likeness]
        if likeness.by_number and holder in self.alike:
            return self.turn(rest)
        flags = (*self.validated.flags, f"looks like {holder}: {likeness.because}")[:FLAGS]
        flagged = self.validated.model_copy(update={"flags": flags})
        alike = self.alike | {holder} if likeness.by_number else self.alike
        return _Trial(flagged, self.at, self.before, alike).turn(rest)


def accept(validated: InvoiceValidated, keys: Keys | None, at: datetime) -> Turn:
    """Return the turn of a valid document: it goes on, perhaps flagged, or it is a duplicate.

    The same supplier, number and total is the same bill, also when the number differs in case, blanks or
    leading zeros. The same number under another total, a number that differs in punctuation, and the same
    file from the same supplier are flags.
    """
    return _Trial(validated, at).turn(_likenesses(validated, keys))


def accept_all_the_same(
    validated: InvoiceValidated, keys: Keys | None, at: datetime, of: str, why: str, before: Event
) -> Turn:
    """Return the turn of a duplicate that a person says is none: it goes on as flagged, after `before`.

    What it is like besides is flagged too. The name of the bill stays with `of`, so a third copy is
    compared with that.
    """
    flag = f"looks like {of}: {why}"[:FLAG_CHARS]
    flagged = validated.model_copy(update={"flags": (flag, *validated.flags)[:FLAGS]})
    likenesses = [one for one in _likenesses(validated, keys) if not one.same]
    return _Trial(flagged, at, (before,), frozenset({of})).turn(likenesses)


def _likenesses(validated: InvoiceValidated, keys: Keys | None) -> list[_Likeness]:
    if keys is None:
        return []
    found: list[_Likeness] = []
    if keys.exact and keys.normal:
        number = keys.written or keys.exact
        total = f"{validated.currency}|{validated.payable_cents}"
        other = "same supplier and number, another total"
        marks = "same supplier and total, and a number that differs in punctuation at most"
        both = "same supplier, another total, and a number that differs in punctuation"
        found = [
            _Likeness(f"same/{number}|{total}", "", same=True),
            _Likeness(f"written/{number}", other, by_number=True),
            _Likeness(f"bill/{keys.normal}|{total}", marks, by_number=True),
            _Likeness(f"number/{keys.normal}", both, by_number=True),
        ]
    else:
        found.append(_Likeness(f"content/{keys.content}", "same content", same=True))
    scheme, _, identifier = (validated.supplier_id or "").partition(":")
    sender = seller(scheme or None, identifier or None, validated.supplier)
    hashes = dict.fromkeys(file.sha256 for file in validated.attachments)
    for sha256 in list(hashes)[:ATTACHMENTS_COMPARED]:
        found.append(_Likeness(f"file/{sender}|{sha256}", "same supplier and attachment"))
    return found
