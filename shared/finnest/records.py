"""Records: the frozen values that everything else is made of."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen value; fields it does not know are ignored, so old code reads new data."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def wire_data(self) -> dict[str, Any]:
        """Return the record as JSON-ready values, without fields that are None."""
        return self.model_dump(mode="json", exclude_none=True)


class Wired(Record):
    """A record with a name on the wire: `<feature>.<what>.v<n>`."""

    wire: ClassVar[str]


class Command(Wired):
    """A request, imperative (`SubmitInvoice`); it may be refused."""

    def address(self) -> str | None:
        """Return the id of the thing this is for, or None when it concerns nobody here.

        A command that is made from another feature's event says so itself; one that comes through
        the feature's own routes is addressed by the route.
        """
        return None


class Event(Wired):
    """A fact, past tense (`InvoiceReceived`); once committed it decodes forever."""
