"""The arithmetic of quantities: whatever is asked, nothing is matched beyond what was ordered and came."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.ledger import Counted, Ledger

LINES = ("1", "2")
quantities = st.dictionaries(st.sampled_from(LINES), st.decimals(-5, 9, places=1), min_size=1)
steps = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "confirm", "release", "come", "final"]),
        st.sampled_from("abc"),
        quantities,
    ),
    max_size=40,
)


def _within(ledger: Ledger) -> bool:
    for line, counted in ledger.lines.items():
        reserved = sum(
            (max(r.get(line, Decimal(0)), Decimal(0)) for r in ledger.reserved.values()), Decimal(0)
        )
        if (
            not Decimal(0) <= counted.invoiced <= counted.matchable
            or counted.invoiced + reserved > counted.matchable
        ):
            return False
    return True


@given(steps, st.booleans())
def test_no_sequence_of_steps_goes_beyond_the_bounds(
    taken: list[tuple[str, str, dict[str, Decimal]]], must_come: bool
) -> None:
    ledger = Ledger(lines={line: Counted(ordered=Decimal(10), must_come=must_come) for line in LINES})
    for step, match, wanted in taken:
        match step:
            case "come":
                ledger = ledger.came({line: abs(quantity) for line, quantity in wanted.items()})
            case "release":
                ledger = ledger.drop(match)
            case "confirm" if match in ledger.reserved:
                ledger = ledger.book(match, ledger.reserved[match])
            case "reserve" if not ledger.short(match, wanted):
                ledger = ledger.hold(match, wanted)
            case "final" if not ledger.short(match, wanted):
                ledger = ledger.book(match, wanted)
            case _:
                pass
        assert _within(ledger), ledger


@given(quantities)
def test_what_is_short_is_named_with_what_is_there(wanted: dict[str, Decimal]) -> None:
    ledger = Ledger(lines={"1": Counted(ordered=Decimal(4), received=Decimal(3), invoiced=Decimal(1))})
    short = ledger.short("m", wanted)
    assert set(short) == {
        line for line, quantity in wanted.items() if line == "2" or quantity > 2 or quantity < -1
    }


def test_a_match_does_not_stand_in_its_own_way() -> None:
    ledger = Ledger(lines={"1": Counted(ordered=Decimal(4), must_come=False)}).hold("m", {"1": Decimal(4)})
    assert ledger.short("other", {"1": Decimal(1)}) == {"1": Decimal(0)}
    assert ledger.short("m", {"1": Decimal(4)}) == {}


def test_a_line_that_is_ordered_no_more_keeps_what_was_matched() -> None:
    ledger = Ledger().ordered({"1": Decimal(4)}, {"1": False}).book("m", {"1": Decimal(3)})
    after = ledger.ordered({"2": Decimal(1)}, {})
    assert after.lines["1"].invoiced == 3
    assert after.open("1") == 0
