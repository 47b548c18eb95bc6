"""Which app hosts which feature: the one place that knows.

An app is one process with its sidecar, found by its app id. No key, subject, durable or actor holds an app
id, so a feature moves by a start with another mapping: its state, its place on the bus and its reminders
are where it looks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Apps = Mapping[str, str]
"""Feature → app id; `*` for the rest. As JSON it is what `FINNEST_APPS` tells every process."""

MONOLITH = "finnest"
REST = "*"
TOGETHER: Apps = {REST: MONOLITH}


def placed(features: Sequence[str], apart: Iterable[str]) -> dict[str, str]:
    """Return the mapping in which each feature of `apart` is an app of its own name.

    Raises:
        LookupError: There is no such feature.
    """
    alone = list(dict.fromkeys(apart))
    unknown = [name for name in alone if name not in features]
    if unknown:
        raise LookupError(f"There is no feature {', '.join(unknown)}; there are {', '.join(features)}.")
    own = {name: name for name in alone}
    return own if set(features) <= set(own) else {**own, **TOGETHER}


def host(feature: str, apps: Apps) -> str:
    """Return the app that hosts the feature."""
    return apps.get(feature) or apps.get(REST, feature)


def hosted(features: Iterable[str], apps: Apps) -> dict[str, tuple[str, ...]]:
    """Return app id → its features, the monolith first."""
    by_app: dict[str, list[str]] = {}
    for feature in features:
        by_app.setdefault(host(feature, apps), []).append(feature)
    return {app: tuple(by_app[app]) for app in sorted(by_app, key=lambda app: (app != MONOLITH, app))}


def process_name(kind: str, app: str) -> str:
    """Return the name of an app's process or sidecar: `app` of the monolith, else `app:payments`."""
    return kind if app == MONOLITH else f"{kind}:{app}"
