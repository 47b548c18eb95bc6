"""Payments and pay runs as they are listed."""

from services.payments.views.projection import PaymentViews
from services.payments.views.queries import Row, due, listed, of_number, of_supplier, runs

__all__ = ["PaymentViews", "Row", "due", "listed", "of_number", "of_supplier", "runs"]
