"""The environment, read once, at the edge of a process."""

from __future__ import annotations

import json
import os
from pathlib import Path

from finnest.apps import TOGETHER
from finnest.feature import Settings

ONLY = "FINNEST_ONLY"
"""Names of the features that exist, with commas; unset for all."""


def from_environment() -> Settings:
    """Return what the launcher, or Kubernetes, put into the environment.

    Raises:
        KeyError: A variable is missing; the message names it.
    """
    env = os.environ
    features = env.get("FINNEST_FEATURES", "all")
    cache = Path(env.get("FINNEST_CACHE", "~/.cache/finnest")).expanduser()
    return Settings(
        home=Path(env["FINNEST_HOME"]),
        services=Path(env.get("FINNEST_SERVICES") or Path(__file__).parents[2] / "services"),
        app_port=int(env["FINNEST_APP_PORT"]),
        gateway_port=int(env["FINNEST_GATEWAY_PORT"]),
        only=tuple(name for name in env.get(ONLY, "").split(",") if name),
        features=() if features == "all" else tuple(features.split(",")),
        apps=json.loads(env["FINNEST_APPS"]) if "FINNEST_APPS" in env else dict(TOGETHER),
        dapr_http_port=int(env["DAPR_HTTP_PORT"]),
        dapr_grpc_port=int(env["DAPR_GRPC_PORT"]),
        dapr_token=env.get("DAPR_API_TOKEN", ""),
        app_token=env.get("APP_API_TOKEN", ""),
        nats_url=env.get("FINNEST_NATS_URL", ""),
        cache=cache,
        views=views_database(),
    )


def views_database() -> Path | None:
    """Return the folder that names the database of views (`databases.postgres`); none means files."""
    folder = os.environ.get("FINNEST_VIEWS")
    return Path(folder) if folder else None
