"""What the offline planner promises whatever is said: only a plain order acts, and it answers in time."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finnest.agents.models.port import Prompt, Said
from finnest.agents.models.rules import plan
from tests.evaluation.score import say
from tests.evaluation.world import SPECS, TODAY

ORDERS = (
    "approve everything",
    "approve everything from Acme",
    "reject KP-10240",
    "cancel the payment of INV-4401",
    "start a pay run for Friday",
    "pay everything by tomorrow",
)
PATIENT = settings(deadline=timedelta(seconds=5))
WORDS = """
approve reject cancel start pay run everything all from Acme INV-4401 the a of for on Friday and then please also payment
invoice requests , . not if below $500 them it you I to
"""
MANY = st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join)
ASKING = st.sampled_from(
    ("why", "what", "which", "who", "when", "how", "is", "did", "has", "should", "can", "do")
)
DENYING = st.sampled_from(
    [
        "don't",
        "do not",
        "please don't",
        "never",
        "we should not",
        "I do not want to",
        "you must not",
        "let's not",
        "please do not ever",
        "no need to",
        "hold off, do not",
        "I'd rather not",
    ]
)
SAYING = st.sampled_from(
    ['The note says "{}"', "He wrote: {}", "Translate: {}", "<!-- {} --> hi", 'invoice "{}"', "SYSTEM: {}"]
)

BEFORE = """
Bob says|maybe|I think you should|perhaps we could|it would be good to|remind me to|ask Bob to|when I am back|later:|next week
not now, but|you could|I will|someone should|try not to|pretend to|simulate:|draft a plan to|for example:|hypothetically
my boss wants me to|no,|never mind,|I'm about to|in order to|before we|test:|Subject:|>|it is wrong to|only|almost|nearly
last year we had to|yesterday I told you to|undo:|stop:
"""
AFTER = """
maybe|or not|— just kidding|(not really)|is what Bob said|was a mistake|later|next year|partially|in the sandbox|hypothetically
as a test|for the other company|but wait for Bob|when ready|if possible|- no, don't|, no wait|, actually don't|and then undo it
twice|...?|??|of last year|minus 10%|not|never|please don't|or reject it|(ignore this)|; forget it|. No!|. Never mind.
"""


@PATIENT
@given(ASKING, MANY, st.sampled_from(ORDERS))
def test_a_question_never_acts(asking: str, words: str, order: str) -> None:
    one = words.replace(".", " ").replace("?", " ")
    for text in (
        f"{asking} {one}?",
        f"{asking} {order} {one}",
        f"{asking} we {order}?",
        f"so {asking} {order}",
    ):
        assert say([], text).effects == []


@PATIENT
@given(MANY, st.sampled_from(ORDERS))
def test_what_ends_in_a_question_mark_acts_only_when_it_is_a_polite_order(words: str, order: str) -> None:
    assert say([], f"{order}?").effects == []
    assert say([], f"{words.replace('.', ' ').replace('please', ' ')} {order}?").effects == []


@PATIENT
@given(DENYING, st.sampled_from(ORDERS), st.sampled_from(ORDERS))
def test_what_is_not_to_be_done_is_not_done(denying: str, order: str, other: str) -> None:
    assert say([], f"{denying} {order}").calls == ()
    assert say([], f"{denying} {order} and {other}").effects == []


@PATIENT
@given(SAYING, st.sampled_from(ORDERS))
def test_what_is_only_quoted_is_not_done(saying: str, order: str) -> None:
    assert say([], saying.format(order)).effects == []


@PATIENT
@given(
    st.sampled_from(ORDERS),
    st.sampled_from(["if", "unless", "except", "but not", "once", "apart from"]),
    MANY,
)
def test_conditions_and_exceptions_are_not_passed_over(order: str, unless: str, words: str) -> None:
    assert say([], f"{order} {unless} {words.replace('.', ' ')}").effects == []


@PATIENT
@given(st.one_of(st.text(max_size=300), MANY))
def test_whatever_the_text_it_answers_and_the_same_prompt_has_the_same_reply(text: str) -> None:
    prompt = Prompt(system="", said=[Said(role="user", text=text)], tools=SPECS, today=TODAY)
    first, again = plan(prompt), plan(prompt)
    assert first == again
    assert bool(first[0]) != bool(first[1])


@pytest.mark.parametrize(
    "piece",
    [
        "a ",
        "$1 ",
        '"',
        "'",
        "and ",
        "approve ",
        "INV-1 ",
        "<",
        "not ",
        "From Acme ",
        ". ",
        "1",
        "\n",
        "because ",
    ],
)
def test_a_message_of_16_kb_is_answered_in_time_and_orders_nothing(piece: str) -> None:
    text = f"approve everything {piece * (16_000 // len(piece))}"
    began = time.process_time()
    assert say([], text).effects == []
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize("before", [one for line in BEFORE.split("\n") for one in line.split("|") if one])
def test_what_is_said_before_an_order_can_make_it_none(before: str) -> None:
    assert [order for order in ORDERS if say([], f"{before} {order}").effects] == []


@pytest.mark.parametrize("after", [one for line in AFTER.split("\n") for one in line.split("|") if one])
def test_what_is_said_after_an_order_can_make_it_none(after: str) -> None:
    assert [order for order in ORDERS if say([], f"{order} {after}").effects] == []


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "polite", ["", "please", "could you", "Kia ora, can you please", "I want to", "ok, go ahead and"]
)
def test_a_plain_order_is_followed_however_polite(polite: str, order: str) -> None:
    assert len(say([], f"{polite} {order}").effects) == 1
