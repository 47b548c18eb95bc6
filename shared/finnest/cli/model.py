"""`finnest model`: which model the agents think with."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from finnest.agents.models.chosen import Choice, Kind, chosen, embedder, made, read_choice, write_choice
from finnest.agents.models.port import Model, Prompt, Reply, Said
from finnest.cli import _screen
from finnest.clock import SystemClock
from finnest.dev.errors import SetupError
from finnest.dev.home import Home
from finnest.errors import FinnestError

app = typer.Typer(no_args_is_help=True)


@app.callback()
def model() -> None:
    """Which model the agents think with. Without a choice: the offline planner, which needs nothing."""


@app.command("set")
def choose(
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(get_args(Kind))}.")],
    name: Annotated[str, typer.Argument(help="The model's name at its provider.")] = "",
    url: Annotated[str, typer.Option(help="Where the API is, when not at the provider's own place.")] = "",
    key_file: Annotated[str, typer.Option(help="A file that holds the credential.")] = "",
    embeddings: Annotated[
        str, typer.Option(help="An embeddings model at the same endpoint (openai), for recall by meaning.")
    ] = "",
    folder: Annotated[str, typer.Option(help="Where recorded answers are (cassette).")] = "",
) -> None:
    """Choose a model; it counts from the next start."""
    if kind not in get_args(Kind):
        raise SetupError(f"There is no kind of model {kind}.", f"Take one of {', '.join(get_args(Kind))}.")
    if kind in ("anthropic", "openai") and not name:
        raise SetupError("Which model?", f"`finnest model set {kind} NAME --key-file FILE`.")
    if embeddings and kind != "openai":
        raise SetupError("Embeddings come from an endpoint of the kind openai.", "Leave out --embeddings.")
    if key_file and not Path(key_file).expanduser().is_file():
        raise SetupError(
            f"There is no file {key_file}.", "Write the credential into it, readable by you alone."
        )
    home = Home.of()
    home.prepare()
    choice = Choice(
        kind=cast("Kind", kind),
        name=name,
        url=url,
        key_file=key_file,
        embeddings=embeddings,
        folder=folder,
    )
    write_choice(home.root, choice)
    _screen.say(f"{kind} {name}".strip() + " is chosen; restart Finnest to use it.")


@app.command()
def show(json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show what is chosen."""
    choice = read_choice(Home.of().root)
    if json:
        _screen.as_json(choice.model_dump())
    else:
        what = (
            "the offline planner, no language model"
            if choice.kind == "rules"
            else choice.name or choice.folder
        )
        recall = f"; facts are recalled by {choice.embeddings}" if choice.embeddings else ""
        _screen.say(f"{choice.kind}: {what}{recall}")


@app.command()
def test() -> None:
    """Ask the chosen model one question, and list what its provider has."""
    home = Home.of().root
    thinking = chosen(home)
    embedding = embedder(read_choice(home))
    prompt = Prompt(
        system="Answer in one short sentence.",
        said=[Said(role="user", text="help")],
        today=SystemClock().now().date(),
        max_tokens=64,
    )
    try:
        reply, names = asyncio.run(_asked(thinking, made(read_choice(home)), prompt))
        vectors = asyncio.run(embedding.vectors(["help"])) if embedding is not None else []
    except FinnestError as error:
        raise SetupError(
            f"The model does not answer: {error.detail or error.slug}.", "`finnest model show`"
        ) from error
    _screen.say(f"{reply.model}: {reply.text.strip()}")
    if embedding is not None:
        _screen.say(f"{embedding.name}: vectors of {len(vectors[0])} numbers")
    if names:
        _screen.say("its provider has: " + ", ".join(names))


async def _asked(thinking: Model, listing: Model, prompt: Prompt) -> tuple[Reply, list[str]]:
    reply = await thinking.reply(prompt)
    names = getattr(listing, "names", None)
    return reply, await names() if names is not None else []
