from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finnest.errors import Invalid, Missing, Stale
from services.suppliers.domain.account import Account
from services.suppliers.domain.commands import (
    BlockSupplier,
    ChangeAccount,
    RegisterSupplier,
    UnblockSupplier,
)
from services.suppliers.domain.events import (
    AccountApprovalRequested,
    AccountRefused,
    InvoiceHeld,
    InvoiceVetted,
)
from services.suppliers.domain.supplier import Supplier
from tests.unit.suppliers.stage import IDENTITY, NEW, OLD, SUP, Desk, data

REGISTER = RegisterSupplier(identity=IDENTITY, name="Kookaburra Paper", account=OLD)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def verified(desk: Desk) -> Supplier:
    await desk.say(SUP, REGISTER, by="ada")
    await desk.answer("approved", "bob", "carol")
    return await desk.state(SUP)


async def test_the_first_invoice_opens_its_supplier_as_unverified_and_only_claims_its_account(
    desk: Desk,
) -> None:
    assert await desk.vet("inv-1") == "vetted"
    state = await desk.state(SUP)
    assert (state.status, state.claimed, state.confirmed) == ("unverified", OLD, None)
    vetted = (await desk.events(SUP))[-1]
    assert isinstance(vetted, InvoiceVetted)
    assert (vetted.supplier_ref, vetted.supplier_status, vetted.account_status) == (
        SUP, "unverified", "claimed",
    )  # fmt: skip


async def test_an_invoice_goes_on_as_it_came(desk: Desk) -> None:
    await desk.vet("inv-1")
    came = data("inv-1")
    del came["source"]
    gone = (await desk.events(SUP))[-1].wire_data()
    assert {name: gone[name] for name in came} == came
    assert "source" not in gone
    assert gone.get("hold") is None


async def test_another_account_of_an_unverified_supplier_goes_on_and_is_said(desk: Desk) -> None:
    await desk.vet("inv-1")
    assert await desk.vet("inv-2", NEW) == "vetted"
    said = (await desk.events(SUP))[-1]
    assert isinstance(said, InvoiceVetted)
    assert said.account_status == "differs_from_claim"
    assert (await desk.state(SUP)).claimed == OLD


async def test_a_supplier_without_number_is_known_by_its_name(desk: Desk) -> None:
    assert await desk.vet("inv-1", supplier_id=None) == "vetted"
    assert (await desk.state(SUP)).standing == ""


async def test_an_account_is_confirmed_by_two_people_who_did_not_ask(desk: Desk) -> None:
    reply = (await desk.say(SUP, REGISTER, by="ada")).reply
    assert reply["created"]
    assert reply["approval_id"].startswith("apr-")
    ask = next(e for e in await desk.events(SUP) if isinstance(e, AccountApprovalRequested)).ask
    assert (ask.needs.people, ask.excluded, ask.requested_by) == (2, ("ada",), "ada")
    assert ask.args["account"] == OLD.account
    await desk.answer("approved", "bob", "carol")
    state = await desk.state(SUP)
    assert (state.status, state.confirmed, state.pending) == ("verified", OLD, None)


@pytest.mark.parametrize("people", [(), ("bob",), ("bob", "bob"), ("ada", "bob")])
async def test_fewer_than_two_others_confirm_nothing(desk: Desk, people: tuple[str, ...]) -> None:
    await desk.say(SUP, REGISTER, by="ada")
    with pytest.raises(Invalid):
        await desk.answer("approved", *people)
    assert (await desk.state(SUP)).confirmed is None


async def test_another_account_than_the_confirmed_one_waits_with_the_reason(desk: Desk) -> None:
    await verified(desk)
    assert await desk.vet("inv-1", OLD) == "vetted"
    assert await desk.vet("inv-2", NEW) == "held"
    held = (await desk.events(SUP))[-1]
    assert isinstance(held, InvoiceHeld)
    assert NEW.account in (held.hold or "")
    assert OLD.account in (held.hold or "")


async def test_the_same_account_written_differently_is_the_confirmed_one(desk: Desk) -> None:
    await verified(desk)
    assert await desk.vet("inv-1", Account(bsb="062914", account="1048 2217")) == "vetted"


async def test_while_a_change_waits_every_invoice_waits_and_goes_on_when_it_is_confirmed(desk: Desk) -> None:
    await verified(desk)
    await desk.say(SUP, ChangeAccount(account=NEW), by="ada")
    assert await desk.vet("inv-1", OLD) == "held"
    assert await desk.vet("inv-2", NEW) == "held"
    await desk.answer("approved", "bob", "carol")
    assert await desk.told() == [
        ("held", "inv-1"), ("held", "inv-2"), ("held", "inv-1"), ("vetted", "inv-2"),
    ]  # fmt: skip
    again = [e for e in await desk.events(SUP) if isinstance(e, InvoiceHeld)][-1]
    assert "not the confirmed one" in (again.hold or "")


@pytest.mark.parametrize("verdict", ["rejected", "expired"])
async def test_a_refused_change_leaves_the_account_and_frees_what_waited(desk: Desk, verdict: str) -> None:
    await verified(desk)
    await desk.say(SUP, ChangeAccount(account=NEW), by="ada")
    await desk.vet("inv-1", OLD)
    await desk.answer(verdict)
    state = await desk.state(SUP)
    assert (state.confirmed, state.pending) == (OLD, None)
    assert any(isinstance(e, AccountRefused) for e in await desk.events(SUP))
    assert await desk.told() == [("held", "inv-1"), ("vetted", "inv-1")]


async def test_what_waits_is_looked_at_page_by_page_and_each_goes_on_once(desk: Desk) -> None:
    await verified(desk)
    await desk.say(SUP, ChangeAccount(account=NEW), by="ada")
    invoices = [f"inv-{n}" for n in range(55)]
    for invoice in invoices:
        await desk.vet(invoice, NEW)
    await desk.answer("approved", "bob", "carol")
    assert [i for what, i in await desk.told() if what == "vetted"] == invoices
    assert (await desk.state(SUP)).review == ""


async def test_a_second_change_waits_for_the_first(desk: Desk) -> None:
    await desk.say(SUP, REGISTER)
    with pytest.raises(Stale):
        await desk.say(SUP, ChangeAccount(account=NEW))
    again = await desk.say(SUP, ChangeAccount(account=OLD))
    assert again.reply["approval_id"].startswith("apr-")


async def test_an_answer_to_an_older_request_changes_nothing(desk: Desk) -> None:
    await desk.say(SUP, REGISTER)
    older = next(e for e in await desk.events(SUP) if isinstance(e, AccountApprovalRequested)).ask
    await desk.answer("rejected", "bob")
    await desk.say(SUP, ChangeAccount(account=OLD))
    newer = [e for e in await desk.events(SUP) if isinstance(e, AccountApprovalRequested)][1].ask
    assert older.args_hash != newer.args_hash


async def test_nothing_of_a_blocked_supplier_goes_on_until_it_is_unblocked(desk: Desk) -> None:
    await desk.vet("inv-1")
    await desk.say(SUP, BlockSupplier(reason="court order"))
    assert (await desk.state(SUP)).status == "blocked"
    assert await desk.vet("inv-2") == "held"
    await desk.say(SUP, UnblockSupplier())
    await desk.perform(SUP)
    assert (await desk.told())[-1] == ("vetted", "inv-2")


async def test_a_person_vouches_for_an_unverified_supplier(desk: Desk) -> None:
    await desk.vet("inv-1")
    reply = (await desk.say(SUP, REGISTER.model_copy(update={"account": None}))).reply
    assert reply == {"status": "known", "created": False}


async def test_an_unknown_supplier_has_no_account_to_change(desk: Desk) -> None:
    with pytest.raises(Missing):
        await desk.say(SUP, ChangeAccount(account=NEW))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("vet"), st.sampled_from([OLD, NEW, None])),
        st.tuples(st.just("change"), st.sampled_from([OLD, NEW])),
        st.tuples(st.just("answer"), st.sampled_from(["approved", "rejected", "expired"])),
        st.tuples(st.sampled_from(["block", "unblock"]), st.none()),
    ),
    max_size=14,
)


@given(STEPS)
@settings(max_examples=60)
async def test_whatever_happens_an_invoice_goes_on_at_most_once_and_never_against_a_hold(
    steps: list[tuple[str, object]],
) -> None:
    desk = Desk()
    await desk.vet("inv-0")
    for number, (what, with_what) in enumerate(steps, 1):
        state = await desk.state(SUP)
        if what == "vet":
            assert with_what is None or isinstance(with_what, Account)
            await desk.vet(f"inv-{number}", with_what)
        elif what == "change" and not state.pending:
            assert isinstance(with_what, Account)
            await desk.say(SUP, ChangeAccount(account=with_what))
        elif what == "answer" and state.pending:
            await desk.answer(str(with_what), "bob", "carol")
        elif what == "block":
            await desk.say(SUP, BlockSupplier(reason="x"))
        elif what == "unblock":
            await desk.say(SUP, UnblockSupplier())
            await desk.perform(SUP)
    told = await desk.told()
    gone = [invoice for kind, invoice in told if kind == "vetted"]
    assert len(gone) == len(set(gone))
    waits = {invoice for kind, invoice in told if kind == "held"} - set(gone)
    state = await desk.state(SUP)
    if not state.pending and not state.blocked:
        by_id = {e.invoice_id: e for e in await desk.events(SUP) if isinstance(e, InvoiceHeld)}
        assert all("not the confirmed one" in (by_id[invoice].hold or "") for invoice in waits)
