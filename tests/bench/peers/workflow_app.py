"""The same steps as a plain Dapr workflow: think, use the tool, think, each an activity."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Generator
from typing import Any

from dapr.ext.workflow import DaprWorkflowClient, WorkflowRuntime

from tests.bench.peers.protocol import ANSWER, FACT, QUESTION, obey


async def think(_: Any, said: list[str]) -> str:
    """Ask for the tool first, then answer."""
    return "use find_waiting" if len(said) == 1 else ANSWER


async def use(_: Any, call: str) -> str:
    """Use the tool."""
    return FACT


def run_agent(ctx: Any, question: str) -> Generator[Any, Any, str]:
    """Arrange the steps."""
    said = [question]
    said.append((yield ctx.call_activity(think, input=said)))
    said.append((yield ctx.call_activity(use, input=said[-1])))
    return (yield ctx.call_activity(think, input=said))


async def main(port: str) -> None:
    """Make runs until the input ends; `port` is the sidecar's gRPC port."""
    runtime = WorkflowRuntime(host="127.0.0.1", port=port)
    runtime.register_workflow(run_agent)
    runtime.register_activity(think)
    runtime.register_activity(use)
    runtime.start()
    client = DaprWorkflowClient(host="127.0.0.1", port=port)

    def made(name: str) -> str:
        client.schedule_new_workflow(run_agent, input=QUESTION, instance_id=name)
        ended = client.wait_for_workflow_completion(name, timeout_in_seconds=60)
        return str(ended.serialized_output) if ended else ""

    async def run(name: str) -> str:
        return await asyncio.to_thread(made, name)

    await obey(run)
    client.close()
    runtime.shutdown()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
