"""The table that says who must approve a payment: condition, people, why. The strictest row that holds wins."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, model_validator

from finnest.records import Record
from services.payments.domain.bill import Bill, money
from services.payments.domain.payer import Written


class When(Written):
    """A condition; everything that is written must hold."""

    over_cents: int | None = Field(default=None, ge=0)
    supplier: tuple[str, ...] | None = None
    """The supplier's status is one of these."""
    account: tuple[str, ...] | None = None
    """What is known about the bank account is one of these."""
    flagged: bool | None = None
    """The invoice looks like another one, or does not."""
    exceptions: bool | None = None
    """A person has accepted a mismatch with order or receipt, or there was none."""

    @model_validator(mode="after")
    def _says_something(self) -> When:
        if not self.model_dump(exclude_none=True):
            raise ValueError("a condition without anything holds always: write over_cents: 0")
        return self

    def holds(self, bill: Bill) -> bool:
        """Return whether it holds for a bill."""
        return (
            (self.over_cents is None or bill.payable_cents > self.over_cents)
            and (self.supplier is None or bill.supplier_status in self.supplier)
            and (self.account is None or bill.account_status in self.account)
            and (self.flagged is None or bool(bill.flags) is self.flagged)
            and (self.exceptions is None or bool(bill.exceptions) is self.exceptions)
        )


class Row(Written):
    """A condition, and who must approve where it holds."""

    when: When
    people: int = Field(ge=1, le=9)
    role: str | None = None
    """Which role they need; by default the policy's."""
    why: str = ""
    """In words; by default the amount."""

    def reason(self, currency: str) -> str:
        """Return the condition in words: `over AUD 1,000.00`."""
        return self.why or f"over {money(self.when.over_cents or 0, currency)}"


class Verdict(Record):
    """What the policy says about one payment."""

    people: int
    role: str
    rule: str
    """The row that decided, in words: `over AUD 1,000.00: one approver`."""
    why: str


def judge(bill: Bill, rows: Sequence[Row], role: str) -> Verdict:
    """Return how many people must approve a bill, and why.

    Of all rows that hold, the one with most people decides (of equals the first); the reasons of the
    others are told too. No row: nobody.
    """
    held = [row for row in rows if row.when.holds(bill)]
    of_bill = f"{bill.amount} to {bill.supplier} for invoice {bill.number}"
    if not held:
        return Verdict(people=0, role=role, rule="no rule asks for approval", why=f"{of_bill}.")
    strictest = max(held, key=lambda row: row.people)
    rule = f"{strictest.reason(bill.currency)}: {_people(strictest.people)}"
    others = [row.reason(bill.currency) for row in held if row is not strictest and row.why]
    remarks = [*bill.flags, *bill.exceptions]
    also = "".join(f"; {other}" for other in others) + "".join(f"; {remark[:100]}" for remark in remarks)
    why = f"{of_bill} ({rule}{also})."
    return Verdict(people=strictest.people, role=strictest.role or role, rule=rule, why=why)


def _people(count: int) -> str:
    return "one approver" if count == 1 else f"{count} people"
