"""Who takes part in the demo: a council and its made-up suppliers."""

from __future__ import annotations

from tests.data.ubl_parties import Company, abn, nzbn

COUNCIL = Company("Wattle Bay Council", abn(104_552_871), "1 Civic Parade", "Wattle Bay", "2290", "NSW")
PAPER = Company(
    "Kookaburra Paper Pty Ltd", abn(617_300_412), "18 Mill Lane", "Geelong", "3220", "VIC", "062-914", "10482217"
)  # fmt: skip
CLEANING = Company(
    "Bright Shores Cleaning Pty Ltd", abn(623_918_550), "7 Harbour Street", "Newcastle", "2300", "NSW",
    "082-401", "55730921",
)  # fmt: skip
EQUIPMENT = Company(
    "Ironbark Equipment Pty Ltd", abn(631_047_226), "204 Foundry Road", "Toowoomba", "4350", "QLD",
    "124-072", "20918843",
)  # fmt: skip
FASTENERS = Company(
    "Banksia Fasteners Pty Ltd", abn(640_118_903), "3 Rivet Court", "Dandenong", "3175", "VIC",
    "063-140", "11902256",
)  # fmt: skip
FOOD = Company(
    "Murray Farm Fresh Pty Ltd", abn(652_770_148), "66 Orchard Way", "Shepparton", "3630", "VIC",
    "083-771", "40118730",
)  # fmt: skip
POWER = Company(
    "Southern Light Energy Ltd", abn(660_904_377), "500 Collins Street", "Melbourne", "3000", "VIC",
    "033-002", "77120045",
)  # fmt: skip
SOFTWARE = Company(
    "Harbour Bridge Software Pty Ltd", abn(671_225_069), "12 Kent Street", "Sydney", "2000", "NSW",
    "112-879", "48210093",
)  # fmt: skip
TIMBER = Company(
    "Kauri Coast Timber Ltd", nzbn(4_105_551), "8 Quay Street", "Auckland", "1010", "", "",
    "0101390012348000", "NZ", "104552871",
)  # fmt: skip
PRINT = Company(
    "Gumtree Print Pty Ltd", abn(680_331_415), "41 Press Street", "Hobart", "7000", "TAS",
    "017-010", "60117724",
)  # fmt: skip
DAIRY = Company(
    "Southern Alps Dairy Ltd", nzbn(4_417_730), "12 Station Road", "Ashburton", "7700", "", "",
    "0201250034562000", "NZ", "110284669",
)  # fmt: skip
NURSERY = Company(
    "Lemon Myrtle Nursery Pty Ltd", abn(690_442_158), "9 Fern Road", "Lismore", "2480", "NSW",
    "062-300", "31877420",
)  # fmt: skip
FREIGHT = Company(
    "Tasman Freight Ltd", nzbn(4_520_118), "5 Wharf Street", "Tauranga", "3110", "", "082-140", "71440285",
    "NZ", "117305528",
)  # fmt: skip
