"""What a pay run is asked and what it says."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from finnest.records import Command, Event
from services.payments.domain.days import DatedCommand
from services.payments.domain.payer import Format


class OpenPayRun(DatedCommand):
    """Pay what is due by a day."""

    wire = "payments.open_run.v1"
    pay_on: date
    format: Format | None = None
    """The first that the payer's bank takes, when nothing is said."""
    cash_limit_cents: int | None = Field(default=None, ge=0)
    """The most that this run pays; the policy's when nothing is said."""


class GatherPayments(Command):
    """Fix which payments the run tries to take."""

    wire = "payments.gather_run.v1"
    candidates: str
    """Hash of the list of their ids."""
    count: int
    left_out: str = ""
    """Hash of the list of those that are due and not tried, with the reasons."""


class FilePayRun(Command):
    """The bank's file is written."""

    wire = "payments.file_run.v1"
    file: str = ""
    """Hash of the file."""
    entries: str = ""
    """Hash of the list of what it pays."""
    left_out: str = ""
    """Hash of the list of what was due and is not in it, with the reasons."""
    payments: tuple[str, ...] = ()
    """What the bank pays; entries that credit notes cover are not among them."""
    takes: dict[str, int] = {}
    """Of those that a run before had to give back: which run after another this is."""
    total_cents: int = 0


class SendPayRun(Command):
    """A person has given the file to the bank."""

    wire = "payments.send_run.v1"


class PayRunOpened(Event):
    """A run begins."""

    wire = "payments.run_opened.v1"
    pay_on: date
    process_on: date
    """The day the bank is told: a working day, not in the past."""
    format: Format
    cash_limit_cents: int | None = None
    opened_at: datetime | None = None
    currency: str = "AUD"
    generation: int = 1
    summary: str


class PaymentsGathered(Event):
    """It is fixed which payments the run tries to take."""

    wire = "payments.run_gathered.v1"
    candidates: str
    count: int
    left_out: str = ""


class PayRunFiled(Event):
    """The file is there; each of its payments is claimed by it."""

    wire = "payments.run_filed.v1"
    file: str
    entries: str
    left_out: str = ""
    count: int
    total_cents: int
    currency: str = "AUD"
    summary: str


class PayRunEmpty(Event):
    """The bank has nothing to pay."""

    wire = "payments.run_empty.v1"
    entries: str = ""
    """What needed no bank because credit notes covered all of it."""
    left_out: str = ""
    summary: str = "Nothing was due."


class PayRunSent(Event):
    """The bank has the file."""

    wire = "payments.run_sent.v1"
    summary: str = "Given to the bank."
