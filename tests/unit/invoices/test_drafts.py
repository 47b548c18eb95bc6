"""A draft: only a person confirms it, and exactly the values that they saw."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from finnest.errors import Denied, Invalid, Missing, Stale
from finnest.records import Command, Event
from finnest.turn import EffectFailed, Message, Turn
from services.invoices.documents.paper import Paper
from services.invoices.domain.drafts import (
    ConfirmDraft,
    CorrectDraft,
    Draft,
    Drafts,
    ReadDraft,
    RecordSubmission,
    seen,
)
from tests.unit.invoices.test_paper import whole

AT = datetime(2026, 6, 1, tzinfo=UTC)


class Desk:
    """One draft and who works on it."""

    def __init__(self, paper: Paper | None = None) -> None:
        self.state = Draft()
        self.events: list[Event] = []
        if paper is not None:
            self.say(ReadDraft(sha256="a" * 64, text_sha256="b" * 64, pages=1, paper=paper))

    def say(self, command: Command, by: str = "ada", *, intake: bool = False) -> Turn:
        message = Message(
            id="m",
            type=command.wire,
            tenant="t",
            thing="drf-1",
            data={},
            by=by,
            at=AT,
            intake=intake,
        )
        turn = Drafts().decide(self.state, command, message)
        for event in turn.events:
            self.state = Drafts().evolve(self.state, event)
        self.events += turn.events
        return turn

    def confirm(self, by: str = "ada", *, intake: bool = False) -> Turn:
        command = ConfirmDraft(seen=seen(self.state.paper), ubl_sha256="c" * 64)
        return self.say(command, by, intake=intake)


def test_what_a_person_confirms_is_sent_in_as_theirs() -> None:
    desk = Desk(whole())
    [start] = desk.confirm().starts
    assert (start.effect, start.args) == ("submit_draft", {"ubl_sha256": "c" * 64, "by": "ada"})
    desk.say(RecordSubmission(invoice_id="inv-1"))
    assert (desk.state.status, desk.state.invoice_id) == ("submitted", "inv-1")


def test_an_intake_credential_and_an_agent_confirm_nothing() -> None:
    with pytest.raises(Denied):
        Desk(whole()).confirm(intake=True)
    with pytest.raises(Denied):
        Desk(whole()).confirm(by="agent:clerk")


def test_values_that_changed_since_they_were_seen_are_not_confirmed() -> None:
    desk = Desk(whole())
    before = seen(desk.state.paper)
    desk.say(CorrectDraft(seen=before, paper=whole().model_copy(update={"number": "KP-2"})))
    for command in (ConfirmDraft(seen=before, ubl_sha256="c" * 64), CorrectDraft(seen=before, paper=whole())):
        with pytest.raises(Stale):
            desk.say(command)


def test_one_that_is_no_invoice_yet_is_not_confirmed_and_says_why() -> None:
    with pytest.raises(Invalid, match="due_date is missing"):
        Desk(whole().model_copy(update={"due_date": None})).confirm()


def test_it_is_confirmed_once_and_not_corrected_after() -> None:
    desk = Desk(whole())
    desk.confirm()
    for command in (
        ConfirmDraft(seen=seen(whole()), ubl_sha256="c" * 64),
        CorrectDraft(seen=seen(whole()), paper=whole()),
    ):
        with pytest.raises(Stale):
            desk.say(command)


def test_the_same_pdf_again_changes_nothing() -> None:
    desk = Desk(whole())
    desk.say(CorrectDraft(seen=seen(whole()), paper=Paper(number="KP-2")))
    desk.say(ReadDraft(sha256="a" * 64, text_sha256="b" * 64, pages=1, paper=whole()))
    assert desk.state.paper.number == "KP-2"


def test_what_was_not_read_is_remembered_and_what_cannot_be_sent_in_is_said() -> None:
    desk = Desk(Paper(number="KP-1"))
    assert "total_cents" in desk.state.unread
    desk = Desk(whole())
    [start] = desk.confirm().starts
    desk.say(EffectFailed(effect=start.effect, args=start.args, reason="the disk is full"))
    assert (desk.state.status, desk.state.reason) == ("failed", "the disk is full")


def test_there_is_no_draft_before_a_pdf_was_read() -> None:
    with pytest.raises(Missing):
        Desk().say(CorrectDraft(seen="x", paper=Paper()))
