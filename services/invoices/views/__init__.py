"""The invoices as people list them: their own life and what suppliers and payments say about them."""

from __future__ import annotations

from services.invoices.views.drafted import drafts
from services.invoices.views.projection import InvoiceViews
from services.invoices.views.queries import found, named, one, page, row

__all__ = ["InvoiceViews", "drafts", "found", "named", "one", "page", "row"]
