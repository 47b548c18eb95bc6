"""A supplier that takes 2.5% off when it is paid within 14 days."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.payments.adapters import filled
from services.payments.agent.treasurer import Treasurer
from services.payments.domain.policy import Policies

SUPPLIER = "0151:51824753556"


def policies(**changes: Any) -> Policies:
    """Return the shipped policy with changes for everybody."""
    return Policies({**filled(Path("/nowhere"))[0], **changes})


def treasurer() -> Treasurer:
    """Return the treasurer of a company that has the agreement."""
    return Treasurer(policies(early_payment=[{"supplier": SUPPLIER, "percent": "2.5", "days": 14}]))
