"""Made-up businesses of Australia and New Zealand; their numbers are computed, so the check digits are right."""

from __future__ import annotations

from dataclasses import dataclass

_ABN_WEIGHTS = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)


def abn(seed: int) -> str:
    """The ABN whose last nine digits are `seed`."""
    tail = f"{seed:09d}"
    rest = sum(w * int(d) for w, d in zip(_ABN_WEIGHTS[2:], tail, strict=True))
    # The first two digits ab weigh 10 * (a - 1) + b, which is ab - 10.
    first = next(n for n in range(10, 99) if (n - 10 + rest) % 89 == 0)
    return f"{first}{tail}"


def nzbn(seed: int) -> str:
    """The NZBN (a GLN that starts with 9429) with these eight digits in it."""
    body = f"9429{seed:08d}"
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(body))
    return f"{body}{(10 - total % 10) % 10}"


@dataclass(frozen=True)
class Company:
    """A made-up company; `bsb` and `account` are where it wants to be paid.

    One in New Zealand has its NZBN where the others have their ABN, and a GST number besides.
    """

    name: str
    abn: str
    street: str
    city: str
    postcode: str
    state: str
    bsb: str = ""
    account: str = ""
    country: str = "AU"
    gst_number: str = ""

    @property
    def scheme(self) -> str:
        """The scheme of its number: 0151 for an ABN, 0088 for an NZBN."""
        return "0151" if self.country == "AU" else "0088"
