"""What a route knows of its request: the caller, the request's name, the bounded body."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from finnest.clock import fresh_id
from finnest.context import HEADER, REQUEST_HEADER, Caller, verify
from finnest.ports import Clock


class Callers:
    """Reads the signed caller of a request."""

    def __init__(self, key: str, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def __call__(self, request: Request) -> Caller:
        """Return the caller; raises `Unauthenticated` for an unsigned request."""
        return verify(request.headers.get(HEADER, ""), self._key, self._clock.now())


def caller_of(request: Request) -> Caller:
    """Return the caller of a request to a feature's route."""
    callers: Callers = request.app.state.callers
    return callers(request)


def request_name(request: Request) -> str:
    """Return the name of the request: a repeat has the same one."""
    return request.headers.get(REQUEST_HEADER) or fresh_id()


async def raw_body(request: Request) -> bytes:
    """Return the body; its size is bounded before (`guard.BodyLimit`)."""
    return await request.body()


Who = Annotated[Caller, Depends(caller_of)]
RequestName = Annotated[str, Depends(request_name)]
RawBody = Annotated[bytes, Depends(raw_body)]
