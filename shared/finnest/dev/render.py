"""Writes the Dapr resources of one installation from the manifests and the templates in `components/`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from finnest.apps import TOGETHER, Apps, host, hosted
from finnest.dev.home import REPO, Home
from finnest.dev.ports import Ports
from finnest.manifest import Manifest

TEMPLATES = REPO / "components" / "local"
CONFIG = REPO / "dapr" / "config.yaml"
ACK_WAIT_S = 15
"""Seconds until the broker delivers an unacknowledged message again; over the handler's limit."""
MAX_ACK_PENDING = 16
"""Messages a consumer holds: one is worked on, the rest wait beside it and come late when it dies."""


def resources(
    home: Home,
    ports: Ports,
    features: Sequence[Manifest],
    apps: Apps = TOGETHER,
    ack_wait_s: int = ACK_WAIT_S,
    postgres: str = "",
) -> Path:
    """Write all components, scoped to the app that hosts each feature; return their folder.

    The same manifests and apps give the same files. `postgres` is how a database is reached as the role `{role}`
    (of a feature, or of an app that hosts several): truth is there then, and not in files of the home.
    """
    kind = ".postgresql" if postgres else ""
    folder = home.resources
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {"config.yaml": _filled(CONFIG, data=home.data)}
    wanted["secrets.yaml"] = _filled(TEMPLATES / "secrets.yaml", secrets_file=home.secrets_file)
    speakers = hosted([feature.name for feature in features if feature.has_streams], apps)
    if speakers:  # without a scope it would be everybody's
        wanted["bus.yaml"] = _filled(TEMPLATES / "bus.yaml", apps=", ".join(speakers))
    for app in hosted([f.name for f in features if f.has_streams or not f.is_native], apps):
        wanted[f"actors-{app}.yaml"] = _filled(TEMPLATES / f"actors{kind}.yaml", app=app, data=home.data)
    for feature in features:
        wanted |= _of_feature(feature, host(feature.name, apps), home, ack_wait_s, kind)
    roles = {*hosted([feature.name for feature in features], apps), *(feature.name for feature in features)}
    urls = {f"postgres_{role}": postgres.replace("{role}", role) for role in roles} if postgres else {}
    _share(home, {"nats_url": ports.nats_url(home.secrets().nats_password), **urls})
    for stale in set(folder.iterdir()) - {folder / name for name in wanted}:
        stale.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text)
    return folder


def _of_feature(feature: Manifest, app: str, home: Home, ack_wait_s: int, kind: str) -> dict[str, str]:
    if not feature.has_store:
        return {}
    state = _filled(TEMPLATES / f"state{kind}.yaml", feature=feature.name, app=app, data=home.data)
    files = {f"state-{feature.name}.yaml": state}
    for lane, _, durable in feature.consumers():
        files[f"{durable}.yaml"] = _filled(
            TEMPLATES / "consumer.yaml",
            durable=durable,
            lane=lane,
            app=app,
            ack_wait_s=ack_wait_s,
            max_ack_pending=MAX_ACK_PENDING,
        )
    return files


def _filled(template: Path, **values: object) -> str:
    return Template(template.read_text()).substitute({k: str(v) for k, v in values.items()})


def _share(home: Home, urls: Mapping[str, str]) -> None:
    """Put addresses, which carry passwords, among the secrets."""
    known = json.loads(home.secrets_file.read_text())
    if {**known, **urls} == known:
        return
    fresh = home.secrets_file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps({**known, **urls}, indent=1) + "\n")
    os.replace(fresh, home.secrets_file)
