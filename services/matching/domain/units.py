"""Units of measure: how many of the order's unit are one of the invoice's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

_MEASURES: tuple[Mapping[str, str], ...] = (
    {"KGM": "1", "GRM": "0.001", "MGM": "0.000001", "TNE": "1000", "DTN": "100"},
    {"LTR": "1", "MLT": "0.001", "CLT": "0.01", "HLT": "100", "KL": "1000", "MTQ": "1000"},
    {"MTR": "1", "CMT": "0.01", "MMT": "0.001", "KMT": "1000"},
    {"MTK": "1", "CMK": "0.0001", "HAR": "10000"},
    {"HUR": "3600", "MIN": "60", "SEC": "1"},
    {"KWH": "1", "MWH": "1000", "WHR": "0.001"},
)
"""UN/ECE Recommendation 20: what is measured, in a unit of its own."""
_COUNTS: Mapping[str, str] = {"DZN": "12", "DPR": "24", "PR": "2", "CEN": "100", "HD": "100", "MIL": "1000"}
_EACH = frozenset(["EA", "C62", "PCE", "H87", "NAR", "NMP", "XUN", "ZZ"])
_PACKS = re.compile("PK|CT|BX|XBX|XCT|XPK|XPA|XCS|XBG|XPX|XRO|XBO|XCR|XSA|XBJ|XDR|XTU|XTN")
"""Counted, but how many are in one differs by item (Recommendation 21)."""


def factor(theirs: str, ours: str) -> Decimal | None:
    """Return how many of our unit one of theirs is; None when only the item can say, or nothing."""
    if theirs == ours or not theirs or not ours:
        return Decimal(1)
    for family in _MEASURES:
        if theirs in family and ours in family:
            return Decimal(family[theirs]) / Decimal(family[ours])
    one, other = _count(theirs), _count(ours)
    return one / other if one and other else None


def are_counted(theirs: str, ours: str) -> bool:
    """Return whether both count items, so that the item says how many are in one."""
    return _is_counted(theirs) and _is_counted(ours)


def is_pack(unit: str) -> bool:
    """Return whether the unit is a package of some number of items."""
    return bool(_PACKS.fullmatch(unit))


def _count(unit: str) -> Decimal | None:
    if unit in _EACH:
        return Decimal(1)
    return Decimal(_COUNTS[unit]) if unit in _COUNTS else None


def _is_counted(unit: str) -> bool:
    return unit in _EACH or unit in _COUNTS or is_pack(unit) or unit.startswith("X")
