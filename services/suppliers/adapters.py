"""The port Waiting over the feature's views."""

from __future__ import annotations

from finnest.errors import NotYet
from finnest.ids import StreamKey
from finnest.ports import Streams
from finnest.views import Views
from services.suppliers.ports import HeldPage, Waiting
from services.suppliers.views import waiting


class ViewWaiting(Waiting):
    """Reads the view, and refuses while it is behind the stream."""

    def __init__(self, streams: Streams, views: Views, feature: str) -> None:
        self._streams = streams
        self._views = views
        self._feature = feature

    async def held(self, tenant: str, supplier: str, after: str, limit: int) -> HeldPage:
        _, version = await self._streams.state(tenant, supplier)
        stream = StreamKey(self._feature, tenant, supplier).stream
        heard, rows = await self._views.read(waiting(tenant, supplier, stream, int(after or 0), limit + 1))
        if heard < version:
            raise NotYet("view-behind", f"the view has heard {heard} of {version} events of {supplier}")
        page = rows[:limit]
        more = len(rows) > limit
        return HeldPage(tuple(row["data"] for row in page), str(page[-1]["since"]) if more else "")
