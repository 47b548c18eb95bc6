"""`finnest chat`: talk to an agent; its tool calls are shown, and what it asks is answered in place."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from finnest.cli import _screen
from finnest.dev.api import Api
from finnest.dev.home import Home

POLL_S = 10
ENDED = ("finished", "failed", "cancelled")

app = typer.Typer()


@app.command()
def chat(
    agent: Annotated[str, typer.Argument(help="Whom to talk to; /v1/agents lists them.")] = "assistant",
    say: Annotated[str | None, typer.Option("--say", help="One message instead of a conversation.")] = None,
    user: Annotated[str, typer.Option("--as", help="Whose key is used.")] = "dev",
    thread: Annotated[str | None, typer.Option(help="Go on with an earlier conversation.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Say yes to what it asks its user.")] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs: the run when it rests.")] = False,
) -> None:
    """Talk to an agent. An empty line, or Ctrl-D, ends the conversation; what was begun goes on."""
    api = Api(Home.of(), user)
    talk = _Talk(api, agent, thread, yes=yes, quiet=json)
    if say is not None:
        run = talk.say(say)
        if json:
            _screen.as_json(run)
        raise typer.Exit(0 if run["status"] in ("finished", "waiting") else 1)
    _screen.say(f"You talk to the {agent}. An empty line ends it.")
    while (text := _line("> ")) is not None:
        talk.say(text)


class _Talk:
    """One conversation."""

    def __init__(self, api: Api, agent: str, thread: str | None, *, yes: bool, quiet: bool) -> None:
        self._api = api
        self._agent = agent
        self._thread = thread
        self._yes = yes
        self._quiet = quiet

    def say(self, text: str) -> dict[str, Any]:
        """Send a message and follow its run until it rests; return the run."""
        body = {"text": text} | ({"thread": self._thread} if self._thread else {})
        begun = self._api.post(f"/v1/agents/{self._agent}/messages", body)
        if not begun.ok:
            _screen.say(begun.reason)
            raise typer.Exit(1)
        self._thread = begun.content["thread"]
        return self._follow(begun.content["run"])

    def _follow(self, run: str) -> dict[str, Any]:
        after = 0
        while True:
            told = self._api.call("GET", f"/v1/runs/{run}/events?after={after}&wait={POLL_S}").content
            for event in told["items"]:
                after = event["version"]
                self._show(event)
            if told["ended"]:
                return self._api.call("GET", f"/v1/runs/{run}").content
            if told["status"] == "waiting":
                now = self._api.call("GET", f"/v1/runs/{run}").content
                if now["status"] != "waiting":
                    continue
                if not self._decide(now):
                    return now

    def _decide(self, run: dict[str, Any]) -> bool:
        """Answer what the run asks its user; return False when it is left waiting."""
        waiting = run["waiting"]
        if waiting["decides"] != "user":
            self._print("It waits for other people: finnest approve")
            return False
        if not self._yes and not sys.stdin.isatty():
            self._print(f"It waits for you: POST /v1/runs/{waiting['run']}/decisions")
            return False
        answer = "yes" if self._yes else _line("Do it? [yes/no] ")
        decision = "approve" if (answer or "").strip().lower() in ("y", "yes") else "reject"
        body = {"decision": decision, "args_hash": waiting["args_hash"]}
        told = self._api.post(f"/v1/runs/{waiting['run']}/decisions", body)
        if not told.ok:
            self._print(told.reason)
        return True

    def _show(self, event: dict[str, Any]) -> None:
        data = event["data"]
        match event["type"]:
            case "answered":
                if not data["calls"]:
                    self._print(data["text"])
                for call in data["calls"]:
                    note = f"  ({call['note']})" if call.get("note") else ""
                    self._print(f"  · {call['tool']}{note}")
            case "judged" if data["verdict"] != "allow":
                self._print(f"  · {data['tool']}: {data['verdict']}, {data['why']}")
            case "planned":
                self._print(f"  · {data['choice']['how']}: {data['choice']['why']}")
            case "heard" if data.get("wanted"):
                self._print(data["wanted"]["preview"])
            case "waits":
                self._print(data["waiting"]["preview"])
            case "failed" | "cancelled":
                self._print(f"{event['type']}: {data['reason']}")
            case _:
                pass

    def _print(self, text: str) -> None:
        if not self._quiet:
            _screen.say(text)


def _line(prompt: str) -> str | None:
    """Return what a person types, or None at the end."""
    try:
        return input(prompt).strip() or None
    except EOFError:
        return None
