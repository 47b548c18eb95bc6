"""What a match is asked, and what it says."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from finnest.records import Command, Event
from services.matching.documents.identity import match_id
from services.matching.domain.findings import Finding
from services.matching.domain.match import InvoiceData


class MatchInvoice(InvoiceData, Command):
    """Compare an invoice with its order and receipts."""

    model_config = ConfigDict(frozen=True, extra="allow")
    wire = "matching.match.v1"

    def address(self) -> str:
        """Return the one match of this invoice."""
        return match_id(self.invoice_id)


class MatchLooked(Command):
    """What a look at the papers says (result of the effect `look`)."""

    wire = "matching.looked.v1"
    verdict: Literal["clear", "waits", "blocks", "no_order", "cancelled"]
    report: str = ""
    """Hash of the whole comparison."""
    streams: tuple[str, ...] = ()
    """Where quantities are to be asked for; empty when none are needed."""
    orders: tuple[str, ...] = ()
    """Numbers of the orders that it was compared with."""
    findings: tuple[Finding, ...] = ()
    by: str = ""
    """For `cancelled`: the invoice that it cancels."""
    poll: bool = False


class QuantitiesAsked(Command):
    """Whether all orders gave what was asked (result of the effect `reserve`)."""

    wire = "matching.quantities_asked.v1"
    granted: bool


class QuantitiesConfirmed(Command):
    """All orders count it (result of the effect `confirm`)."""

    wire = "matching.quantities_confirmed.v1"


class QuantitiesReturned(Command):
    """All orders forgot the reservation (result of the effect `release`)."""

    wire = "matching.quantities_returned.v1"


class AcceptMatch(Command):
    """A person lets the invoice go on as it is."""

    wire = "matching.accept.v1"
    reason: str
    roles: tuple[str, ...] = ()


class RejectMatch(Command):
    """A person refuses the invoice."""

    wire = "matching.reject.v1"
    reason: str


class ReplaceMatch(Command):
    """Another document of the supplier takes this invoice's place, or cancels it."""

    wire = "matching.replace.v1"
    by: str
    number: str


class MatchEvent(Event):
    """A step that people see; each names its invoice and has a sentence for it."""

    invoice_id: str
    summary: str


class MatchTaken(Event):
    """An invoice has come to be compared."""

    wire = "matching.taken.v1"
    data: dict[str, Any]


class MatchPlanned(Event):
    """The comparison is fine: the quantities are asked for."""

    wire = "matching.planned.v1"
    report: str
    streams: tuple[str, ...]
    orders: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


class MatchGranted(Event):
    """All orders have reserved what was asked."""

    wire = "matching.granted.v1"


class MatchRefused(Event):
    """An order has not: others were faster."""

    wire = "matching.refused.v1"


class MatchLooksAgain(Event):
    """Something has changed."""

    wire = "matching.looks_again.v1"


class InvoiceWaiting(MatchEvent):
    """Its order or its receipt is not here yet."""

    wire = "matching.waiting.v1"
    findings: tuple[Finding, ...]
    orders: tuple[str, ...] = ()
    report: str = ""


class InvoiceExcepted(MatchEvent):
    """It differs from what was ordered or received."""

    wire = "matching.exception.v1"
    findings: tuple[Finding, ...]
    orders: tuple[str, ...] = ()
    report: str = ""


class InvoiceAccepted(MatchEvent):
    """A person lets it go on all the same."""

    wire = "matching.accepted.v1"
    by: str
    reason: str


class InvoiceMatched(InvoiceData, MatchEvent):
    """It may go on: the data as it came, and the mismatches that a person accepted."""

    model_config = ConfigDict(frozen=True, extra="allow")
    wire = "matching.matched.v1"
    exceptions: tuple[str, ...] = ()
    accepted_by: str = ""


class InvoiceRejected(MatchEvent):
    """A person refuses it."""

    wire = "matching.rejected.v1"
    by: str
    reason: str


class InvoiceReplaced(MatchEvent):
    """Another document took its place, or cancels it."""

    wire = "matching.replaced.v1"
    by: str
    reason: str


COMMANDS: tuple[type[Command], ...] = (
    MatchInvoice,
    MatchLooked,
    QuantitiesAsked,
    QuantitiesConfirmed,
    QuantitiesReturned,
    AcceptMatch,
    RejectMatch,
    ReplaceMatch,
)
EVENTS: tuple[type[Event], ...] = (
    MatchTaken,
    MatchPlanned,
    MatchGranted,
    MatchRefused,
    MatchLooksAgain,
    InvoiceWaiting,
    InvoiceExcepted,
    InvoiceAccepted,
    InvoiceMatched,
    InvoiceRejected,
    InvoiceReplaced,
)
