"""What agents can do with invoices, and with drafts of them that were read from PDFs."""

from __future__ import annotations

from services.invoices.tools.drafts import correct_draft, show_draft
from services.invoices.tools.invoices import explain_invoice, find_invoices

__all__ = ["TOOLS"]

TOOLS = (find_invoices, explain_invoice, show_draft, correct_draft)
