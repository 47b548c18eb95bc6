"""What a payment does while its supplier is blocked or people decide about its account, and after that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from finnest.turn import Claim, Message, Start, Turn
from services.payments.agent.asking import judged, withdrawn
from services.payments.agent.bank import settle_credit
from services.payments.agent.steps import scheduled
from services.payments.domain.bill import Bill
from services.payments.domain.entry import file_claim
from services.payments.domain.events import PaymentAccountSettled, PaymentApproved, PaymentSuspended
from services.payments.domain.payee_messages import PayeeSeen
from services.payments.domain.payment import BEFORE_FILE, Payment
from services.payments.domain.policy import Policy
from services.payments.domain.process import WATCH
from services.payments.domain.step import PaymentEvent

SEE = "see_payee"
"""The effect that looks at the payee."""
LOOK_AGAIN = timedelta(hours=1)
"""A suspended payment is told when it may go on; it looks itself in case it was suspended too late for that."""
STOPPABLE = ("approved", "scheduled", "included")
"""Here nobody else is asked any more; when it is included, the file decides whether it is too late."""
DIFFERS = "differs_from_confirmed"
WAITS = "A change of the supplier's bank account waits for two people."


def concerns(state: Payment, news: PayeeSeen) -> bool:
    """Return whether the news may change anything for the payment."""
    if state.bill is None or news.mark <= state.payee_mark:
        return False
    if news.frozen:
        return state.suspended or state.status in STOPPABLE
    return state.suspended or (state.status in BEFORE_FILE and _has_moved(state.bill, news))


def hear(state: Payment, bill: Bill, news: PayeeSeen, message: Message, policy: Policy, today: date) -> Turn:
    """Take news of the supplier: wait, or go on with what is decided."""
    if not concerns(state, news):
        return Turn(reply={"status": state.status})
    if news.frozen:
        return _suspended(state, bill, news, message)
    moved, status = _has_moved(bill, news), _account_status(bill, news)
    told = PaymentAccountSettled(
        invoice_id=bill.invoice_id,
        account_status=status,
        payee_mark=news.mark,
        summary=_told(bill, moved),
    )
    if state.status == "proposed":
        return Turn([told], {"status": state.status})
    pay_on = policy.business_days(news.closed).plan(state.pay_on, today)
    if not moved:
        return _decided([told, scheduled(bill, pay_on)])
    after = bill.model_copy(update={"account_status": status})
    said = judged(state, after, pay_on, state.offer, policy, message)
    events = [*withdrawn(state, bill, "its account is no longer the confirmed one."), told, said]
    return _decided([*events, scheduled(bill, pay_on)] if isinstance(said, PaymentApproved) else events)


def look(state: Payment, message: Message) -> Turn:
    """Look at the payee: news may have passed a payment by that was suspended just then."""
    return Turn(starts=[Start(effect=SEE, args=_payee_of(state))], wake_at=message.at + LOOK_AGAIN)


def _suspended(state: Payment, bill: Bill, news: PayeeSeen, message: Message) -> Turn:
    reason = f"The supplier is blocked: {news.blocked}" if news.blocked else WAITS
    suspended = PaymentSuspended(
        invoice_id=bill.invoice_id, reason=reason, payee_mark=news.mark, summary=f"Held: {reason}"
    )
    reply = {"status": suspended.leads_to}
    if state.status != "included":
        return Turn([suspended], reply, wake_at=message.at + WATCH)
    in_file = Turn(reply={"status": state.status})
    claim = Claim(file_claim(message.thing, state.takes), lambda _: in_file)
    return Turn([suspended], reply, settle_credit(state, bill, False), [claim], wake_at=message.at + WATCH)


def _account_status(bill: Bill, news: PayeeSeen) -> str | None:
    named = bill.payment.key if bill.payment else ""
    if not news.account or not named:
        return bill.account_status
    return "confirmed" if named == news.account else DIFFERS


def _has_moved(bill: Bill, news: PayeeSeen) -> bool:
    """Return whether the invoice's account was the right one, as far as was known, and is none now."""
    return _account_status(bill, news) == DIFFERS != bill.account_status


def _told(bill: Bill, moved: bool) -> str:
    if not moved:
        return "The supplier may be paid; this payment goes on."
    named = f"{bill.payment.bsb or ''} {bill.payment.account or ''}".strip() if bill.payment else ""
    return f"The supplier's account is another one now than {named} on this invoice."


def _decided(events: Sequence[PaymentEvent]) -> Turn:
    return Turn(events, {"status": events[-1].leads_to}, wake_at=None)


def _payee_of(state: Payment) -> dict[str, str]:
    return {"supplier_ref": (state.bill and state.bill.supplier_ref) or ""}
