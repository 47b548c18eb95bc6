"""Errors: one table says what each means at each seam."""

from __future__ import annotations

import pytest

from finnest import errors
from finnest.errors import BUG, CONSEQUENCES, FinnestError, Later, Rejected, consequence


def leaves(kind: type[FinnestError]) -> set[type[FinnestError]]:
    below = [leaf for child in kind.__subclasses__() for leaf in leaves(child)]
    return set(below) or {kind}


LEAVES = sorted(leaves(FinnestError), key=lambda kind: kind.__name__)


def test_every_leaf_of_the_tree_has_its_consequence() -> None:
    assert set(LEAVES) == set(CONSEQUENCES)


@pytest.mark.parametrize("kind", LEAVES)
def test_a_refusal_is_acknowledged_and_a_delay_comes_again(kind: type[FinnestError]) -> None:
    meaning = CONSEQUENCES[kind]
    assert issubclass(kind, Rejected) != issubclass(kind, Later)
    assert meaning.bus == ("RETRY" if issubclass(kind, Later) else "SUCCESS")
    assert (meaning.retry_after_s is not None) == issubclass(kind, Later)
    assert 400 <= meaning.status < 500 or issubclass(kind, Later)


@pytest.mark.parametrize("kind", LEAVES)
def test_an_error_survives_as_data(kind: type[FinnestError]) -> None:
    back = errors.from_data(errors.as_data(kind("a-slug", "A sentence.", holder="note-1")))
    assert type(back) is kind
    assert (back.slug, back.detail, back.facts) == ("a-slug", "A sentence.", {"holder": "note-1"})


def test_anything_unknown_is_a_bug() -> None:
    assert consequence(KeyError("x")) is BUG
    assert consequence(FinnestError("x")) is BUG
    assert isinstance(errors.from_data({"kind": "Newer", "slug": "x"}), Later)
