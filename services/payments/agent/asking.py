"""Who must agree to a payment: what the policy says of exactly this action."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from finnest.asking import Ask, Needs, action_hash
from finnest.turn import Message
from services.payments.domain.bill import Bill
from services.payments.domain.commands import FEATURE
from services.payments.domain.events import (
    PaymentApprovalRequested,
    PaymentApprovalWithdrawn,
    PaymentApproved,
)
from services.payments.domain.payment import Payment
from services.payments.domain.policy import Policy
from services.payments.domain.terms import Offer

NAME = "treasurer"
ACTION = "pay_invoice"


def judged(
    state: Payment,
    bill: Bill,
    pay_on: date,
    offer: Offer | None,
    policy: Policy,
    message: Message,
    asks: tuple[str, ...] = (),
) -> PaymentApproved | PaymentApprovalRequested:
    """Return what the policy says of exactly this action; each time it is another one.

    Who submitted the invoice, who accepted its mismatches and who asks for the change do not decide about it.
    """
    verdict = policy.judge(bill)
    asked = state.asked + 1
    if verdict.people == 0:
        return PaymentApproved(
            invoice_id=bill.invoice_id,
            people=(),
            rule=verdict.rule,
            asked=asked,
            pay_on=pay_on,
            offer=offer,
            summary=f"Approved by policy ({verdict.rule}).",
        )
    own = () if bill.intake else (bill.submitted_by,)
    involved = [person for person in (*own, bill.accepted_by, *asks) if person]
    args = _exactly(bill, pay_on, offer, asked)
    ask = Ask(
        feature=FEATURE,
        thing=message.thing,
        action=ACTION,
        args=args,
        policy=policy.version,
        args_hash=action_hash(ACTION, args, policy.version),
        why=verdict.why,
        risk="high" if verdict.people > 1 else "medium",
        requested_by=f"agent:{NAME}",
        excluded=tuple(dict.fromkeys(involved)),
        needs=Needs(people=verdict.people, role=verdict.role),
        expires_at=message.at + timedelta(seconds=policy.expires_s),
    )
    return PaymentApprovalRequested(
        invoice_id=bill.invoice_id,
        ask=ask,
        asked=asked,
        rule=verdict.rule,
        pay_on=pay_on,
        offer=offer,
        summary=f"Waits for approval ({verdict.rule}).",
    )


def withdrawn(state: Payment, bill: Bill, reason: str) -> list[PaymentApprovalWithdrawn]:
    """Return the withdrawal of what people are asked now, if they are."""
    if state.status != "awaiting_approval" or state.ask is None:
        return []
    return [
        PaymentApprovalWithdrawn(
            feature=FEATURE,
            thing=state.ask.thing,
            args_hash=state.ask.args_hash,
            reason=reason,
            invoice_id=bill.invoice_id,
            summary=f"The request for approval is withdrawn: {reason}",
        )
    ]


def _exactly(bill: Bill, pay_on: date, offer: Offer | None, asked: int) -> dict[str, Any]:
    """Return the action that people approve, all of it; credit notes can only make it less."""
    payment = bill.payment
    discount = {"discount_cents": offer.cents, "discount_until": offer.until.isoformat()} if offer else {}
    return {
        "invoice_id": bill.invoice_id,
        "number": bill.number,
        "supplier": bill.supplier,
        "amount_cents": bill.payable_cents,
        "currency": bill.currency,
        "bsb": (payment and payment.bsb) or "",
        "account": (payment and payment.account) or "",
        "account_name": (payment and payment.name) or "",
        "reference": (payment and payment.reference) or "",
        "pay_on": pay_on.isoformat(),
        **discount,
        "asked": asked,
    }
