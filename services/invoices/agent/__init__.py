"""The clerk: takes documents in and has them judged (`clerk`), sends in what people confirmed of a PDF
(`drafter`), and tells suppliers what became of them (`teller`)."""

from __future__ import annotations

from services.invoices.agent.clerk import Clerk, invoice_id, read_document, submission
from services.invoices.agent.drafter import Drafter, draft_id
from services.invoices.agent.teller import Teller

__all__ = ["Clerk", "Drafter", "Teller", "draft_id", "invoice_id", "read_document", "submission"]
