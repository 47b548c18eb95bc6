"""The offline planner: understands plainly, asks for what is missing, and acts on plain orders only."""

from __future__ import annotations

from finnest.agents.models.port import Prompt, Said
from finnest.agents.models.rules import Planner, plan
from finnest.agents.tools import ToolSpec
from tests.evaluation.score import Played, say, totals
from tests.evaluation.sentences import sentences
from tests.evaluation.world import SPECS, TODAY, known

TARGET = 0.85


def prompt(text: str, *, tools: list[ToolSpec] = SPECS) -> Prompt:
    return Prompt(system="", said=[Said(role="user", text=text)], tools=tools, today=TODAY)


def talk(*texts: str) -> Played:
    """Say one thing after the other; return what came of the last."""
    thread: list[Said] = []
    for text in texts[:-1]:
        told = say(thread, text)
        thread += [Said(role="user", text=text), Said(role="assistant", text=told.answer)]
    return say(thread, texts[-1])


def tools(*texts: str) -> list[str]:
    return [call.tool for call in talk(*texts).calls]


def test_what_it_was_not_tuned_with_it_understands_and_it_does_nothing_that_was_not_wanted() -> None:
    measured = totals([one for one in sentences() if one.held_out])
    assert measured.sentences >= 130
    assert measured.share >= TARGET
    assert measured.wrong_effects == 0


def test_there_are_enough_sentences_and_none_stands_twice() -> None:
    all_of = [(one.before, one.text) for one in sentences()]
    assert len(all_of) == len(set(all_of)) >= 260
    tuned = totals([one for one in sentences() if not one.held_out])
    assert tuned.wrong_effects == 0


def test_it_says_what_it_is() -> None:
    assert "rule-based planner" in talk("why is INV-123 on hold?").answer
    assert "rule-based planner" in talk("what can you do?").answer
    refusal = talk("book me a flight").answer
    assert "rule-based planner" in refusal
    assert "- Find invoices" in refusal


def test_without_tools_it_says_that_it_can_do_nothing() -> None:
    text, calls = plan(prompt("approve everything", tools=[]))
    assert calls == []
    assert "no tool is offered" in text


def test_an_order_whose_tool_is_not_offered_is_not_answered_by_another() -> None:
    reading = [spec for spec in SPECS if spec.effect == "read"]
    for text in ("cancel the payment of INV-4401", "start a pay run for Friday", "reject KP-10240"):
        told, calls = plan(prompt(text, tools=reading))
        assert calls == [], text
        assert "what I can do" in told


def test_an_agent_with_one_tool_understands_as_well() -> None:
    only = ToolSpec(
        name="refunds.find_notes",
        description="List the notes of refunds.",
        effect="read",
        says=("refunds notes", "refunds"),
        parameters={"type": "object", "properties": {}},
    )
    assert [call.tool for call in plan(prompt("list the refunds notes", tools=[only]))[1]] == [only.name]
    assert plan(prompt("what is the weather?", tools=[only]))[1] == []


def test_a_call_says_its_score_and_slots() -> None:
    call = talk("list invoices from Acme above $500").calls[0]
    assert call.note.startswith("score ")
    assert "supplier=Acme Industrial Supplies Pty Ltd, min_total=500" in call.note


def test_a_misspelt_supplier_is_found_by_looking_it_up() -> None:
    assert talk("list invoices from Kauri Papre").calls[0].args == {"supplier": known("Kauri Paper")}
    assert talk("list invoices from Nobody Ever").answer.endswith("I know no supplier like Nobody Ever.")


def test_of_several_suppliers_it_asks_which_and_takes_the_answer() -> None:
    asked = talk("list invoices from Harbour")
    assert asked.answer.endswith("Harbour Cleaning Services Pty Ltd, Harbour Freight Pty Ltd?")
    assert talk("list invoices from Harbour", "the cleaning one").calls[0].args == {
        "supplier": "Harbour Cleaning Services Pty Ltd"
    }


def test_it_asks_for_what_is_missing_once_and_goes_on_with_the_answer() -> None:
    assert talk("start a pay run").answer.endswith("Which day?")
    assert talk("start a pay run", "Friday").calls[0].args == {"pay_on": "2026-06-12"}
    assert tools("start a pay run", "not Friday") == []
    assert tools("start a pay run", "why?") == []
    assert tools("start a pay run", "never mind") == []
    assert tools("start a pay run", "never mind", "Friday") == []


def test_several_documents_of_one_question_are_all_looked_at() -> None:
    calls = talk("why are INV-1 and INV-2 on hold?").calls
    assert [call.args for call in calls] == [{"invoice": "INV-1"}, {"invoice": "INV-2"}]


def test_an_order_over_several_things_is_asked_about_and_not_half_done() -> None:
    told = talk("approve INV-4401 and INV-4402")
    assert told.calls == ()
    assert "INV-4401 and INV-4402" in told.answer


def test_approving_takes_what_is_meant_and_not_all_that_waits() -> None:
    assert talk("approve everything below $500 from Acme").calls[0].args == {"ids": ["apr-1"]}
    assert talk("approve").answer.endswith("“everything”?")
    assert talk("approve", "everything from Acme").calls[0].args == {"ids": ["apr-1", "apr-2"]}
    assert tools("approve INV-44") == []


def test_an_order_that_says_more_than_can_be_heeded_is_not_followed() -> None:
    for text in (
        "approve all overdue requests",
        "approve everything except Acme",
        "approve HC-881 if it matches",
        "start a pay run for Friday, only for Acme",
        "approve INV-4401 tomorrow",
    ):
        told = talk(text)
        assert told.calls == (), text
        assert told.answer.endswith("?"), text


def test_what_a_question_cannot_heed_is_said() -> None:
    assert "could not heed $500" in talk("show failed payments above $500").answer


def test_them_are_those_that_were_just_listed() -> None:
    assert talk("show open approvals under $500", "approve them").calls[0].args == {"ids": ["apr-1", "apr-3"]}
    assert talk("why is KP-10240 on hold?", "approve it").calls[0].args == {"ids": ["apr-3"]}
    assert tools("approve it") == []


def test_an_adjective_of_status_orders_nothing() -> None:
    assert tools("approved invoices from Acme") == ["invoices.find_invoices"]
    assert tools("payments due on Friday") == ["payments.forecast_payments"]
    assert tools("cancelled payments") == ["payments.find_payments"]


async def test_the_reply_streams_its_text() -> None:
    pieces: list[str] = []
    reply = await Planner().reply(prompt("help"), pieces.append)
    assert (pieces, reply.stop, reply.model) == ([reply.text], "end", "rules")
    assert (await Planner().reply(prompt("what waits for me?"))).stop == "calls"
