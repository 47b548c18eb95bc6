"""A clerk on twins, for tests that submit documents and read what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from finnest.testing import Stage
from services.invoices.agent import invoice_id, submission
from services.invoices.documents.attachments import Attachment
from services.invoices.documents.ubl import read
from services.invoices.domain.invoice import Invoices
from services.invoices.domain.messages import FindingKept, InvoiceDuplicate, InvoiceValidated, RecordReport
from tests.data.ubl_documents import Bill


def warning(rule: str, message: str = "Look at this.", location: str = "/*") -> FindingKept:
    """Return a finding that is not fatal."""
    return FindingKept(rule=rule, severity="warning", message=message, location=location)


class Desk(Stage):
    """A clerk whose documents are all valid."""

    def __init__(self) -> None:
        super().__init__("invoices", [Invoices()])
        self._bodies = 0

    async def take(
        self, bill: Bill, *hashes: str, alike: tuple[str, ...] = (), findings: Sequence[FindingKept] = ()
    ) -> str:
        """Take a document, as other bytes each time; return its id."""
        self._bodies += 1
        document = read(bill.xml())
        submit = submission(document, f"{self._bodies:064d}")
        id = invoice_id(submit.sha256)
        await self.say(id, submit)
        files = tuple(
            Attachment(number=n, name="a.pdf", mime="application/pdf", size=1, sha256=sha)
            for n, sha in enumerate(hashes, 1)
        )
        report = RecordReport(
            valid=True,
            ruleset="pint-anz",
            findings=tuple(findings),
            report_sha256="r" * 64,
            attachments=files,
            alike=alike,
        )
        head = await self.turns.load(self.key(id))
        await self._take(id, f"effect:{next(iter(head.pending))}", report, "agent:clerk")
        return id

    async def verdict(self, id: str) -> InvoiceValidated | InvoiceDuplicate:
        """Return what the clerk last said about it."""
        said = [e for e in await self.events(id) if isinstance(e, (InvoiceValidated, InvoiceDuplicate))]
        return said[-1]
