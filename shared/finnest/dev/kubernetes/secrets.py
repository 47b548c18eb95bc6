"""The secrets of an installation with its own broker and database, made at random; nothing of them is in a manifest."""

from __future__ import annotations

import hashlib
import json
import secrets as chance
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from finnest.dev.home import DEV_CALLER
from finnest.dev.kubernetes.roles import roles_of, views_role
from finnest.manifest import Manifest

DAYS = 365
SIDECAR_FILES = "/var/run/finnest"
"""Where a sidecar sees the Secret `<feature>-sidecar`."""
DATABASE = "finnest"


def made(features: Sequence[Manifest], namespace: str) -> list[dict[str, Any]]:
    """Return one Secret per purpose; each call makes others.

    Every feature has its own tokens, a role for its truth that its sidecar alone knows, and one for its views that
    the app knows; they share the key by which the gateway signs who asks.
    """
    context_key = _word()
    roles = {role: _word() for feature in features for role in roles_of(feature)}
    bus, sidecar, admin = _word(), _word(), _word()
    key = f"fin_dev_{chance.token_urlsafe(24)}"
    digest = hashlib.sha256(key.encode()).hexdigest()
    keys = {"keys": [{"name": "dev", "sha256": digest, "caller": DEV_CALLER}]}
    certificates = _certificates(namespace)
    values: dict[str, Mapping[str, str]] = {
        "bus": {"url": f"nats://sidecar:{sidecar}@nats:4222"},
        "bus-admin": {"url": f"nats://bus:{bus}@nats:4222"},
        "nats": {"bus": bus, "sidecar": sidecar},
        "postgres-admin": {"password": admin},
        "postgres-roles": {f"PASSWORD_{name.upper()}": word for name, word in roles.items()},
        "postgres-tls": certificates,
        "gateway-keys": {"keys.json": json.dumps(keys)},
        "developer-key": {"key": key},
    }
    for feature in features:
        name = feature.name
        values[f"{name}-app-token"] = {"token": _word()}
        values[f"{name}-api-token"] = {"token": _word()}
        values[f"{name}-sidecar"] = {
            "secrets.json": json.dumps({"context_key": context_key}),
            "postgres-ca.crt": certificates["ca.crt"],
        }
        if feature.has_streams:
            role = views_role(name)
            values[f"{name}-views"] = {
                "url": f"postgresql://{role}:{roles[role]}@postgres:5432/{DATABASE}",
                "ca.crt": certificates["ca.crt"],
            }
        if name in roles:
            tls = f"sslmode=verify-full&sslrootcert={SIDECAR_FILES}/postgres-ca.crt"
            address = f"postgres://{name}:{roles[name]}@postgres:5432/{DATABASE}?{tls}"
            values[f"{name}-state"] = {"url": address}
    return [_secret(name, namespace, content) for name, content in sorted(values.items())]


def _word() -> str:
    """Return a random word; it begins with a letter, for NATS reads digits as a number."""
    return f"s{chance.token_hex(24)}"


def _secret(name: str, namespace: str, content: Mapping[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/part-of": "finnest"},
        },
        "stringData": dict(content),
    }


def _certificates(namespace: str) -> dict[str, str]:
    """Return an authority for this installation's database, and a certificate of it."""
    names = ("postgres", f"postgres.{namespace}", f"postgres.{namespace}.svc")
    with tempfile.TemporaryDirectory(prefix="finnest-tls-") as scratch:
        folder = Path(scratch)
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")
        _openssl(
            folder, "req", "-x509", *curve, "-days", str(DAYS * 5), "-subj", "/CN=finnest database authority",
            "-keyout", "ca.key", "-out", "ca.crt",
        )  # fmt: skip
        _openssl(
            folder, "req", "-x509", *curve, "-days", str(DAYS), "-subj", "/CN=postgres",
            "-addext", f"subjectAltName={','.join(f'DNS:{name}' for name in names)}",
            "-addext", "basicConstraints=critical,CA:FALSE",
            "-CA", "ca.crt", "-CAkey", "ca.key", "-keyout", "tls.key", "-out", "tls.crt",
        )  # fmt: skip
        return {name: (folder / name).read_text() for name in ("ca.crt", "tls.crt", "tls.key")}


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=True)
