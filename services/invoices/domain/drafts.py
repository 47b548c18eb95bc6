"""Drafts: what was read from a PDF, corrected and confirmed by people before it is an invoice. Pure.

Nothing is submitted but what a person confirmed, and they confirm exactly the values that they saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from finnest.asking import action_hash
from finnest.errors import Denied, Invalid, Missing, Stale
from finnest.records import Command, Event, Record
from finnest.texts import stored_bytes
from finnest.turn import Decider, EffectFailed, Message, Start, Turn
from services.invoices.documents.paper import Paper, troubles, unread

KIND = "drf"
SUBMIT = "submit_draft"
PAPER_BYTES = 10_000
Status = Literal["", "open", "confirmed", "submitted", "failed"]


class ReadDraft(Command):
    """Keep what a PDF says; its bytes and text are stored by hash."""

    wire = "invoices.read_draft.v1"
    sha256: str
    text_sha256: str
    pages: int
    pages_left_out: int = 0
    paper: Paper


class CorrectDraft(Command):
    """These are the values; `seen` is the hash of those that were corrected."""

    wire = "invoices.correct_draft.v1"
    seen: str
    paper: Paper


class ConfirmDraft(Command):
    """Send it in as an invoice; `seen` is the hash of the values, `ubl_sha256` the document made of them."""

    wire = "invoices.confirm_draft.v1"
    seen: str
    ubl_sha256: str


class RecordSubmission(Command):
    """The document was sent in (result of the effect)."""

    wire = "invoices.record_submission.v1"
    invoice_id: str


class DraftRead(Event):
    """A PDF was read."""

    wire = "invoices.draft_read.v1"
    sha256: str
    text_sha256: str
    pages: int
    pages_left_out: int
    paper: Paper


class DraftCorrected(Event):
    """A person, or an agent that a person allowed to, corrected the values."""

    wire = "invoices.draft_corrected.v1"
    paper: Paper


class DraftConfirmed(Event):
    """A person confirmed the values."""

    wire = "invoices.draft_confirmed.v1"
    by: str
    ubl_sha256: str


class DraftSubmitted(Event):
    """The confirmed values are an invoice now."""

    wire = "invoices.draft_submitted.v1"
    invoice_id: str


class DraftFailed(Event):
    """The confirmed values could not be sent in; that is our fault."""

    wire = "invoices.draft_failed.v1"
    reason: str


class Draft(Record):
    """One draft."""

    status: Status = ""
    sha256: str = ""
    text_sha256: str = ""
    pages: int = 0
    pages_left_out: int = 0
    paper: Paper = Paper()
    unread: tuple[str, ...] = ()
    """What was not found on the paper when it was read."""
    invoice_id: str = ""
    reason: str = ""


class Drafts(Decider[Draft]):
    """The rules of drafts."""

    kind = KIND
    schema = 1
    newborn = Draft()
    commands: Sequence[type[Command]] = (ReadDraft, CorrectDraft, ConfirmDraft, RecordSubmission)
    events: Sequence[type[Event]] = (
        DraftRead,
        DraftCorrected,
        DraftConfirmed,
        DraftSubmitted,
        DraftFailed,
    )

    def decide(self, state: Draft, command: Command, message: Message) -> Turn:
        match command:
            case ReadDraft():
                return _read(state, command)
            case CorrectDraft():
                _is_open(state, command.seen)
                if stored_bytes(command.paper.wire_data()) > PAPER_BYTES:
                    raise Invalid("draft-too-large", "this is more than a draft holds; shorten the lines")
                return Turn([DraftCorrected(paper=command.paper)], {"status": "open"})
            case ConfirmDraft():
                return _confirm(state, command, message)
            case RecordSubmission():
                return Turn([DraftSubmitted(invoice_id=command.invoice_id)])
            case EffectFailed():
                return Turn([DraftFailed(reason=command.reason[:300])])
            case _:
                return Turn()

    def evolve(self, state: Draft, event: Event) -> Draft:
        change: dict[str, Any] = {}
        match event:
            case DraftRead():
                return Draft(status="open", unread=unread(event.paper), **_fields(event))
            case DraftCorrected():
                change = {"paper": event.paper}
            case DraftConfirmed():
                change = {"status": "confirmed"}
            case DraftSubmitted():
                change = {"status": "submitted", "invoice_id": event.invoice_id}
            case DraftFailed():
                change = {"status": "failed", "reason": event.reason}
            case _:
                pass
        return state.model_copy(update=change)


def seen(paper: Paper) -> str:
    """Return the hash that names exactly these values."""
    return action_hash("invoices.confirm_draft", paper.wire_data(), "")


def _fields(event: DraftRead) -> dict[str, Any]:
    return {
        name: getattr(event, name) for name in ("sha256", "text_sha256", "pages", "pages_left_out", "paper")
    }


def _read(state: Draft, command: ReadDraft) -> Turn:
    if state.status:
        return Turn(reply={"status": state.status, "known": True})
    whole = command.paper
    if stored_bytes(whole.wire_data()) > PAPER_BYTES:
        whole = whole.model_copy(update={"lines": ()})
    read = DraftRead(
        sha256=command.sha256,
        text_sha256=command.text_sha256,
        pages=command.pages,
        pages_left_out=command.pages_left_out,
        paper=whole,
    )
    return Turn([read], {"status": "open"})


def _is_open(state: Draft, hash: str) -> None:
    if not state.status:
        raise Missing("no-such-draft", "there is no such draft")
    if state.status != "open":
        raise Stale("not-open", f"this draft is {state.status}")
    if hash != seen(state.paper):
        raise Stale("changed", "the values have changed meanwhile; look again")


def _confirm(state: Draft, command: ConfirmDraft, message: Message) -> Turn:
    if message.intake or message.by.startswith("agent:"):
        raise Denied("people-only", "a person confirms what was read")
    _is_open(state, command.seen)
    if found := troubles(state.paper):
        raise Invalid("incomplete", "; ".join(found)[:1_000])
    confirmed = DraftConfirmed(by=message.by, ubl_sha256=command.ubl_sha256)
    args = {"ubl_sha256": command.ubl_sha256, "by": message.by}
    return Turn([confirmed], {"status": "confirmed"}, [Start(effect=SUBMIT, args=args)])
