"""The clerk: takes documents in and has them judged (`clerk`), and tells suppliers what became of them (`teller`)."""

from __future__ import annotations

from services.invoices.agent.clerk import Clerk, invoice_id, read_document, submission
from services.invoices.agent.teller import Teller

__all__ = ["Clerk", "Teller", "invoice_id", "read_document", "submission"]
