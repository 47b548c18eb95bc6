"""`finnest secrets` makes every secret that an installation asks for, and no two installations share one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from finnest.dev.home import SERVICES
from finnest.dev.kubernetes.secrets import made
from finnest.manifest import discover
from tests.k8s.rendered import containers, objects, of_kind, pods

FEATURES = discover(SERVICES)


def _asked(overlay: str) -> Iterator[tuple[str, str]]:
    """Return (secret, key) of everything that an overlay reads; an empty key means all."""
    given = objects(overlay)
    for component in of_kind(given, "Component"):
        for item in component["spec"]["metadata"]:
            if "secretKeyRef" in item:
                yield item["secretKeyRef"]["name"], item["secretKeyRef"]["key"]
    for _, template in pods(given):
        for volume in template["spec"].get("volumes", ()):
            for item in volume.get("secret", {}).get("items", [{}] if "secret" in volume else []):
                yield volume["secret"]["secretName"], item.get("key", "")
        for container in containers(template):
            for variable in container.get("env", ()):
                if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                    yield reference["name"], reference["key"]
            for source in container.get("envFrom", ()):
                yield source["secretRef"]["name"], ""
        notes = template["metadata"].get("annotations", {})
        yield from ((notes[note], "token") for note in notes if note.endswith("-token-secret"))


def test_every_secret_that_is_asked_for_is_made() -> None:
    there = {secret["metadata"]["name"]: secret["stringData"] for secret in made(FEATURES, "finnest")}
    for name, key in set(_asked("overlays/local")):
        assert name in there
        assert not key or key in there[name], f"{name}: {key}"


def test_every_password_is_another_each_time() -> None:
    first, second = (
        {
            (secret["metadata"]["name"], key): value
            for secret in made(FEATURES, "x")
            for key, value in secret["stringData"].items()
        }
        for _ in range(2)
    )
    assert set(first) == set(second)
    assert not set(first.values()) & set(second.values())


def test_a_password_is_nothing_that_the_broker_reads_as_a_number() -> None:
    nats = next(secret for secret in made(FEATURES, "x") if secret["metadata"]["name"] == "nats")
    assert all(re.fullmatch(r"[a-z][0-9a-f]{48}", word) for word in nats["stringData"].values())
