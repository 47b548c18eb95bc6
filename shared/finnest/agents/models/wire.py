"""What the network adapters share: names and schemas that providers accept, prices, and errors by consequence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finnest.agents.models.port import Prompt, Usage
from finnest.agents.tools import ToolSpec
from finnest.errors import FinnestError, Rejected, Throttled, Unavailable

SILENCE_S = 45.0
"""Without a byte for this long, the answer is given up and asked for again later."""
_DROPPED = frozenset({"x-slot", "title", "default", "pattern"})


def wire_name(tool: str) -> str:
    """Return a tool's name as providers allow it."""
    return tool.replace(".", "__")


def own_name(tool: str) -> str:
    """Return the tool's name here."""
    return tool.replace("__", ".", 1)


def strict_schema(spec: ToolSpec) -> dict[str, Any]:
    """Return the schema of a tool's arguments for strict use: closed, and with what providers understand."""
    schema = _plain(spec.parameters)
    return {**schema, "type": "object", "additionalProperties": False}


def priced(model: str, provider: str, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> Usage:
    """Return the usage with its price, by the maintained list of prices; unknown models cost nothing known."""
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    micros = 0
    used = Priced(input_tokens=input_tokens, output_tokens=output_tokens, cache_read_tokens=cached_tokens)
    try:
        price = calc_price(used, model_ref=model, provider_id=provider)
        micros = round(float(price.total_price) * 1_000_000)
    except LookupError:
        micros = 0
    return Usage(input_tokens=input_tokens, output_tokens=output_tokens, micros=micros)


def failure(status: int, detail: str) -> FinnestError:
    """Return what an HTTP status of a provider means: again later, or a no that a person must mend."""
    if status == 429:
        return Throttled("model-busy", "the model takes no more now")
    if status >= 500 or status in (408, 409):
        return Unavailable("model-away", f"the model answered {status}")
    hints: Mapping[int, str] = {
        401: "the model's credential is not accepted; `finnest model set` takes another",
        403: "the model's credential may not do this",
        404: "the provider knows no such model; `finnest model test` lists those it has",
        413: "this conversation is too long for the model",
    }
    return Rejected("model-refused", hints.get(status, f"the model refused the request: {detail}"[:300]))


def system_of(prompt: Prompt) -> str:
    """Return the instructions with the date."""
    return f"{prompt.system}\nToday is {prompt.today:%A, %d %B %Y} in the user's time zone."


def _plain(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {name: _plain(value) for name, value in schema.items() if name not in _DROPPED}
    if isinstance(schema, list):
        return [_plain(value) for value in schema]
    return schema
