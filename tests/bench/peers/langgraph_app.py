"""The run as a LangGraph graph with its SQLite saver: a checkpoint is on disk before the next step begins."""

from __future__ import annotations

import asyncio
import importlib
import operator
import sys
from typing import Annotated, Any, TypedDict

from tests.bench.peers.protocol import ANSWER, FACT, QUESTION, obey


class State(TypedDict):
    """What the graph keeps."""

    messages: Annotated[list[dict[str, str]], operator.add]


async def think(state: State) -> State:
    """Ask for the tool first, then answer."""
    if state["messages"][-1]["role"] == "user":
        return {"messages": [{"role": "assistant", "call": "find_waiting"}]}
    return {"messages": [{"role": "assistant", "content": ANSWER}]}


async def use(state: State) -> State:
    """Use the tool."""
    return {"messages": [{"role": "tool", "content": FACT}]}


def after_thinking(state: State) -> str:
    """Return where the graph goes on."""
    return "use" if "call" in state["messages"][-1] else "__end__"


async def main(database: str) -> None:
    """Make runs until the input ends."""
    sqlite: Any = importlib.import_module("aiosqlite")
    savers: Any = importlib.import_module("langgraph.checkpoint.sqlite.aio")
    graphs: Any = importlib.import_module("langgraph.graph")
    async with sqlite.connect(database) as connection:
        await connection.execute("pragma synchronous = full")
        saver = savers.AsyncSqliteSaver(connection)
        await saver.setup()
        building = graphs.StateGraph(State)
        building.add_node("think", think)
        building.add_node("use", use)
        building.add_edge("__start__", "think")
        building.add_conditional_edges("think", after_thinking)
        building.add_edge("use", "think")
        graph = building.compile(checkpointer=saver)

        async def run(name: str) -> str:
            question = {"messages": [{"role": "user", "content": QUESTION}]}
            config = {"configurable": {"thread_id": name}}
            ended = await graph.ainvoke(question, config, durability="sync")
            return str(ended["messages"][-1]["content"])

        await obey(run)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
