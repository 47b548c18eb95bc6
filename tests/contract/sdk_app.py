"""An app on the SDK's own actor runtime, for `test_sdk_actors.py`: python -m tests.contract.sdk_app PORT."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import uvicorn
from dapr.actor import Actor, ActorInterface, actormethod
from dapr.ext.fastapi import DaprActor
from fastapi import FastAPI


class TillInterface(ActorInterface):
    """A till that holds one text."""

    @actormethod(name="Put")
    async def put(self, data: dict[str, Any]) -> dict[str, Any]: ...

    @actormethod(name="Count")
    async def count(self, data: object) -> None: ...


class Till(Actor, TillInterface):
    """Puts what it is told into its state, and breaks afterwards when told so."""

    async def put(self, data: dict[str, Any]) -> dict[str, Any]:
        await self._state_manager.set_state("text", data["text"])
        if data.get("break"):
            raise ZeroDivisionError("broken on purpose")
        return {"seen as": type(data["text"]).__name__}

    async def count(self, data: object) -> None:
        """Change something else."""
        await self._state_manager.set_state("counted", True)


async def main() -> None:
    """Serve until killed."""
    app = FastAPI()
    await DaprActor(app).register_actor(Till)
    port = int(sys.argv[1])
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main())
