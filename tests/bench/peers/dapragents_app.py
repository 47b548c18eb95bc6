"""The run as a durable agent of dapr-agents, its state in the sidecar's store."""

from __future__ import annotations

import asyncio
import importlib
import logging
from typing import Any

from tests.bench.peers.protocol import ANSWER, FACT, QUESTION, obey


def model(agents: Any) -> Any:
    """Return a model that asks for the tool first, then answers."""
    chat: Any = importlib.import_module("dapr_agents.llm.chat")
    message: Any = importlib.import_module("dapr_agents.types.message")

    class Instant(chat.ChatClientBase):
        prompty = None
        prompt_template = None
        provider = "bench"
        model = "instant"

        @classmethod
        def from_prompty(cls, prompty_source: object, timeout: object = 0) -> Any:
            return cls()

        def generate(self, messages: Any = None, **_: Any) -> Any:
            roles = [one["role"] if isinstance(one, dict) else one.role for one in messages]
            call = {"id": "c1", "type": "function", "function": {"name": "FindWaiting", "arguments": "{}"}}
            said = {"content": ANSWER} if roles[-1] == "tool" else {"content": "", "tool_calls": [call]}
            made = message.AssistantMessage(**said)
            return message.LLMChatResponse(results=[message.LLMChatCandidate(message=made)])

    return Instant()


async def main() -> None:
    """Make runs until the input ends; the sidecar's ports are in the environment."""
    logging.disable(logging.WARNING)
    agents: Any = importlib.import_module("dapr_agents")
    configs: Any = importlib.import_module("dapr_agents.agents.configs")
    stores: Any = importlib.import_module("dapr_agents.storage.daprstores.stateservice")

    def find_waiting() -> str:
        """Find what waits for approval."""
        return FACT

    agent = agents.DurableAgent(
        name="clerk",
        role="clerk",
        goal="answer questions",
        instructions=["answer from tool results only"],
        llm=model(agents),
        tools=[agents.tool(find_waiting)],
        state=configs.AgentStateConfig(store=stores.StateStoreService(store_name="state")),
    )
    agent.start()
    runner = agents.AgentRunner()

    async def run(name: str) -> str:
        return str(
            await runner.run(agent, {"task": QUESTION}, instance_id=name, timeout_in_seconds=120, log=False)
        )

    await obey(run)
    agent.stop()


if __name__ == "__main__":
    asyncio.run(main())
