"""New Zealand bank accounts: bank, branch, account base, suffix, and the check digits in them.

Ranges, weights and moduli are those of Inland Revenue (RWT and NRWT certificate filing specification, 2020,
chapter 8). Branches that opened since are in no range: that an account is at none of them is no proof.
"""

from __future__ import annotations

import re
from typing import Literal

Fault = Literal["digits", "branch"]
"""The check digits are wrong; or bank and branch are in no published range, so that nothing can be checked."""

_ACCOUNT = re.compile(r"[0-9]{15,16}")
_B_FROM = 990_000
"""Account base from which the branch is not part of the sum."""
_BRANCHES: dict[str, tuple[tuple[int, int], ...]] = {
    "01": ((1, 999), (1100, 1199), (1800, 1899)),
    "02": ((1, 999), (1200, 1299)),
    "03": ((1, 999), (1300, 1399), (1500, 1599), (1700, 1799), (1900, 1999), (7350, 7399)),
    "04": ((2020, 2024),),
    "06": ((1, 999), (1400, 1499)),
    "08": ((6500, 6599),),
    "09": ((0, 0),),
    "10": ((5165, 5169),),
    "11": ((5000, 6499), (6600, 8999)),
    "12": ((3000, 3299), (3400, 3499), (3600, 3699)),
    "13": ((4900, 4999),),
    "14": ((4700, 4799),),
    "15": ((3900, 3999),),
    "16": ((4400, 4499),),
    "17": ((3300, 3399),),
    "18": ((3500, 3599),),
    "19": ((4600, 4649),),
    "20": ((4100, 4199),),
    "21": ((4800, 4899),),
    "22": ((4000, 4049),),
    "23": ((3700, 3799),),
    "24": ((4300, 4349),),
    "25": ((2500, 2599),),
    "26": ((2600, 2699),),
    "27": ((3800, 3849),),
    "28": ((2100, 2149),),
    "29": ((2150, 2299),),
    "30": ((2900, 2949),),
    "31": ((2800, 2849),),
    "33": ((6700, 6799),),
    "35": ((2400, 2499),),
    "38": ((9000, 9499),),
}
_BY_BANK = {"08": "D", "09": "E", "25": "F", "26": "G", "28": "G", "29": "G", "31": "X", "33": "F"}
"""All other banks have algorithm A, or B from a certain account base on."""
_WEIGHTS: dict[str, tuple[tuple[int, ...], int]] = {
    "A": ((0, 0, 6, 3, 7, 9, 0, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0, 0), 11),
    "B": ((0, 0, 0, 0, 0, 0, 0, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0, 0), 11),
    "C": ((3, 7, 0, 0, 0, 0, 9, 1, 10, 5, 3, 4, 2, 1, 0, 0, 0, 0), 11),
    "D": ((0, 0, 0, 0, 0, 0, 0, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0), 11),
    "E": ((0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 4, 3, 2, 0, 0, 0, 1), 11),
    "F": ((0, 0, 0, 0, 0, 0, 0, 1, 7, 3, 1, 7, 3, 1, 0, 0, 0, 0), 10),
    "G": ((0, 0, 0, 0, 0, 0, 0, 1, 3, 7, 1, 3, 7, 1, 0, 3, 7, 1), 10),
    "X": ((0,) * 18, 1),
}
"""Weights of two digits of the bank, four of the branch, eight of the account base, four of the suffix; then the
modulus. No bank has algorithm C."""


def nz_account(text: str | None) -> str | None:
    """Return the 15 or 16 digits of an account, or None when it does not have this form."""
    digits = re.sub(r"[\s-]", "", text or "")
    return digits if _ACCOUNT.fullmatch(digits) and digits.strip("0") else None


def fault_of(account: str) -> Fault | None:
    """Return what is wrong with an account of 15 or 16 digits, or None when nothing is."""
    bank, branch, base, suffix = account[:2], account[2:6], account[6:13], account[13:]
    if not any(first <= int(branch) <= last for first, last in _BRANCHES.get(bank, ())):
        return "branch"
    algorithm = _BY_BANK.get(bank) or ("A" if int(base) < _B_FROM else "B")
    weights, modulus = _WEIGHTS[algorithm]
    padded = f"{bank}{branch}{base:0>8}{suffix:0>4}"
    products = [weight * int(digit) for weight, digit in zip(weights, padded, strict=True)]
    if algorithm in ("E", "G"):
        products = [_digit_sum(_digit_sum(product)) for product in products]
    return "digits" if sum(products) % modulus else None


def said_of(account: str, fault: Fault) -> str:
    """Return the sentence that people read of a fault."""
    written = f"{account[:2]}-{account[2:6]}-{account[6:13]}-{account[13:]}"
    if fault == "digits":
        return f"The New Zealand account {written} does not have the right check digits."
    return f"The bank and branch of the New Zealand account {written} are in no range that Inland Revenue publishes."


def _digit_sum(number: int) -> int:
    return number // 10 + number % 10
