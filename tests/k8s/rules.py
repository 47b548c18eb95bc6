"""Every rule by its name; those of production apply to its overlays too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.k8s import platform_rules as platform
from tests.k8s import pod_rules as pod
from tests.k8s.rendered import Object

Rule = Callable[[Sequence[Object]], Iterator[str]]
_EVERYWHERE: tuple[Rule, ...] = (
    pod.restricted,
    pod.read_only,
    pod.tokenless,
    pod.sized,
    pod.fixed_images,
    pod.probed,
    pod.orderly,
    pod.scaled,
    platform.sidecars,
    platform.access,
    platform.scoped,
    platform.no_secrets,
    platform.own_secrets,
    platform.closed_network,
    platform.guarded_namespace,
    platform.one_way_in,
)
_PRODUCTION: tuple[Rule, ...] = (pod.digests, platform.https_only)
RULES: Mapping[str, Rule] = {rule.__name__: rule for rule in (*_EVERYWHERE, *_PRODUCTION)}
EVERYWHERE = tuple(rule.__name__ for rule in _EVERYWHERE)
PRODUCTION = tuple(rule.__name__ for rule in _PRODUCTION)


def told(rule: str, given: Sequence[Object]) -> list[str]:
    """Return what a rule has to say about some objects."""
    return list(RULES[rule](given))
