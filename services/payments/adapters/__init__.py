"""Payments' ports on real things: its own views and policy files, and the feature calendar."""

from __future__ import annotations

from services.payments.adapters.calendar import CalendarDays
from services.payments.adapters.dating import Dated
from services.payments.adapters.own import ViewLedger, filled, read_policies

__all__ = ["CalendarDays", "Dated", "ViewLedger", "filled", "read_policies"]
