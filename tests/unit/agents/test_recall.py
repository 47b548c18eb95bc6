"""A run is reminded by meaning where an embeddings model is chosen, and says how."""

from __future__ import annotations

from collections.abc import Sequence

from finnest.agents import messages as m
from finnest.agents.memory import Memories, memory_of
from finnest.agents.models.port import Embedder
from finnest.agents.recalling import Recall
from finnest.errors import Unavailable
from finnest.views import Views
from tests.support.providers import meaning
from tests.unit.agents.desk import Scripted, World, says

FACT = "Acme gets its money on Fridays"


class Meanings(Embedder):
    """Knows what texts are about; may be away."""

    name = "meanings"

    def __init__(self, *, away: bool = False) -> None:
        self.away = away

    async def vectors(self, texts: Sequence[str]) -> list[list[float]]:
        if self.away:
            raise Unavailable("embeddings-away", "the embeddings model does not answer")
        return [meaning(text) for text in texts]


async def reminded(views: Views, recall: Recall | None) -> tuple[bool, str]:
    """Ask about what the user once said in other words; return whether the model is told, and the record."""
    model = Scripted(says("On Friday."))
    world = World(model, views, recall=recall)
    keep = Memories("desk").keep(text=FACT, source="desk-0")
    await world.stage.say(memory_of("ada"), keep)
    await world.ask("desk-1", "when do we settle?")
    [answered] = [event for event in await world.stage.events("desk-1") if isinstance(event, m.Answered)]
    return FACT in model.prompts[0].system, answered.recall


async def test_it_is_told_what_means_the_same_and_the_record_says_how_it_was_found(views: Views) -> None:
    assert await reminded(views, Recall(Meanings())) == (True, "by meaning")


async def test_with_the_model_away_it_goes_by_words_and_the_record_says_so(views: Views) -> None:
    away = "by words: the embeddings model does not answer"
    assert await reminded(views, Recall(Meanings(away=True))) == (False, away)


async def test_without_one_it_goes_by_words_as_always(views: Views) -> None:
    assert await reminded(views, None) == (False, "")
