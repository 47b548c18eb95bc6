"""The parameters of a list."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

Limit = Annotated[int, Query(ge=1, le=200)]
"""How many rows a page has."""
After = Annotated[str | None, Query(max_length=200, description="what the page before gave as `next`")]
"""Where a page begins."""
