"""The command line and environment of every child of one installation."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from finnest.apps import Apps, process_name
from finnest.dev import leadership
from finnest.dev.home import REPO, Home, Secrets
from finnest.dev.ports import LOOPBACK, Ports
from finnest.dev.processes import Child
from finnest.dev.runtime import Runtime

CONTROL, SIDECAR, APP = 1, 2, 3
"""Stages: a later one is stopped earlier; the workflow worker hangs when its sidecar goes first."""
LARGEST_BODY = "8Mi"


@dataclass(frozen=True)
class Plan:
    """What is needed to write down the children of one installation."""

    home: Home
    ports: Ports
    secrets: Secrets
    runtime: Runtime
    env: Mapping[str, str]
    apps: Apps
    """Which app hosts which feature."""
    programs: Mapping[str, Path] = field(default_factory=dict[str, Path])
    """App -> program of a feature in another language than Python."""
    log_calls: bool = False
    """Whether sidecars write each call of their API to their logs, whatever the level of the rest."""

    def broker(self, config: str) -> Child:
        """NATS with JetStream."""
        return self._child("broker", CONTROL, [self.runtime.nats, "--config", config])

    def placement(self) -> Child:
        """Tells sidecars which one hosts an actor; keeps nothing."""
        p = self.ports
        return self._child(
            "placement",
            CONTROL,
            [
                *(self.runtime.placement, "--port", p.placement, "--listen-address", LOOPBACK),
                *("--healthz-port", p.placement_health, "--healthz-listen-address", LOOPBACK),
                *("--initial-cluster", f"dapr-placement-0={LOOPBACK}:{p.placement_raft}"),
                *("--enable-metrics=false", "--log-level", "warn"),
            ],
        )

    def scheduler(self) -> Child:
        """Keeps reminders and workflow timers."""
        p = self.ports
        child = self._child(
            "scheduler",
            CONTROL,
            [
                *(self.runtime.scheduler, "--port", p.scheduler, "--listen-address", LOOPBACK),
                *("--healthz-port", p.scheduler_health, "--healthz-listen-address", LOOPBACK),
                *("--etcd-data-dir", self.home.scheduler, "--etcd-client-port", p.etcd_client),
                *("--etcd-client-listen-address", LOOPBACK),
                *(
                    "--etcd-initial-cluster",
                    f"dapr-scheduler-server-0=http://{LOOPBACK}:{p.etcd_peer}",
                ),
                *("--override-broadcast-host-port", f"{LOOPBACK}:{p.scheduler}", "--workers", 128),
                *("--enable-metrics=false", "--log-level", "warn"),
            ],
        )
        return replace(child, after_crash=partial(leadership.release_stale, p.etcd_client))

    def sidecar(self, app: str, resources: Path) -> Child:
        """Dapr beside an app; `resources` holds the components, and `config.yaml` its configuration."""
        pair = self.ports.pairs[app]
        child = self._child(
            process_name("sidecar", app),
            SIDECAR,
            [
                *(self.runtime.daprd, "--app-id", app, "--app-port", pair.app, "--app-protocol", "http"),
                *("--app-channel-address", LOOPBACK, "--dapr-listen-addresses", LOOPBACK),
                *("--dapr-http-port", pair.dapr_http, "--dapr-grpc-port", pair.dapr_grpc),
                *("--dapr-internal-grpc-port", pair.dapr_internal),
                *("--dapr-internal-grpc-listen-address", LOOPBACK, "--enable-metrics=false"),
                *("--resources-path", resources, "--config", resources / "config.yaml"),
                *(() if app in self.programs else self._control()),
                *("--enable-app-health-check", "--app-health-check-path", "/healthz"),
                *("--app-health-probe-interval", 1, "--app-health-probe-timeout", 900),
                *("--app-health-threshold", 3, "--max-body-size", LARGEST_BODY),
                *("--dapr-graceful-shutdown-seconds", 2, "--log-level", "warn"),
                *(("--enable-api-logging",) if self.log_calls else ()),
            ],
            NAMESPACE="default",
            DAPR_HOST_IP=LOOPBACK,
            **self._tokens(),
        )
        return replace(child, spare=app in self.programs)

    def app(self, app: str, features: Sequence[str]) -> Child:
        """One process: Python with the features of an app, or the program of a feature in another language."""
        p, pair = self.ports, self.ports.pairs[app]
        python: list[object] = [sys.executable, "-m", self.env.get("FINNEST_SERVE_MODULE", "finnest.serve")]
        child = self._child(
            process_name("app", app),
            APP,
            [self.programs[app]] if app in self.programs else python,
            FINNEST_APPS=json.dumps(dict(self.apps)),
            FINNEST_FEATURES=",".join(features),
            FINNEST_APP_PORT=str(pair.app),
            FINNEST_GATEWAY_PORT=str(p.gateway),
            DAPR_HTTP_PORT=str(pair.dapr_http),
            DAPR_GRPC_PORT=str(pair.dapr_grpc),
            FINNEST_NATS_URL=p.nats_url(self.secrets.nats_password),
            PYTHONUNBUFFERED="1",
            **self._tokens(),
        )
        return replace(child, spare=app in self.programs)

    def _control(self) -> tuple[str, ...]:
        """Where a sidecar finds the control plane, which it needs for actors and workflows only."""
        p = self.ports
        return (
            *("--placement-host-address", f"{LOOPBACK}:{p.placement}"),
            *("--scheduler-host-address", f"{LOOPBACK}:{p.scheduler}"),
        )

    def _tokens(self) -> dict[str, str]:
        return {
            "DAPR_API_TOKEN": self.secrets.dapr_api_token,
            "APP_API_TOKEN": self.secrets.app_api_token,
        }

    def _child(self, name: str, stage: int, command: list[object], **settings: str) -> Child:
        env = {**self.env, "FINNEST_HOME": str(self.home.root), **settings}
        return Child(name, stage, [str(part) for part in command], env, REPO)
