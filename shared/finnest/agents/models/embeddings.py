"""Embeddings of any endpoint that speaks the OpenAI wire, by the official SDK."""

from __future__ import annotations

import math
from collections.abc import Sequence

import httpx2
import openai
from openai import AsyncOpenAI

from finnest.agents.models.port import Embedder
from finnest.agents.models.wire import failure
from finnest.errors import Unavailable

SILENCE_S = 5.0
"""Recall does not wait longer: words do as well."""
DIMENSIONS = 8_192


class OpenAIEmbeddings(Embedder):
    """The embeddings API. The SDK does not retry."""

    def __init__(self, name: str, key: str, url: str = "", silence_s: float = SILENCE_S) -> None:
        self.name = name
        self._client = AsyncOpenAI(
            api_key=key or "none", base_url=url or None, max_retries=0, timeout=silence_s
        )

    async def vectors(self, texts: Sequence[str]) -> list[list[float]]:
        try:
            answer = await self._client.embeddings.create(
                model=self.name, input=list(texts), encoding_format="float"
            )
        except openai.APIStatusError as error:
            raise failure(error.status_code, error.message) from error
        except (openai.APIError, httpx2.HTTPError, ValueError) as error:
            raise Unavailable("embeddings-away", "the embeddings model does not answer") from error
        found = [one.embedding for one in sorted(answer.data, key=lambda one: one.index)]
        if not _fit(found, len(texts)):
            raise Unavailable("bad-embeddings", "the embeddings model answered with something else")
        return found


def _fit(found: Sequence[Sequence[float]], count: int) -> bool:
    """Return whether there is one finite vector for each text, all of one length."""
    lengths = {len(vector) for vector in found}
    one_length = len(lengths) == 1 and 0 < min(lengths) <= DIMENSIONS
    return len(found) == count and one_length and all(math.isfinite(x) for one in found for x in one)
