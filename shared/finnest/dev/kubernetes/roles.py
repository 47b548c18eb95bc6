"""A schema and a role per feature in PostgreSQL, and others for its views; a role sees nothing of another's."""

from __future__ import annotations

from collections.abc import Sequence

from finnest.manifest import Manifest

CONNECTIONS = 60
"""Twelve of a sidecar (state 8, actors 4), or five of an app's views; times four pods and a rollout's next one."""
VIEWS_SETTINGS = {
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""What a pod that was cut off holds is free again within half a minute."""


def views_role(feature: str) -> str:
    """Return the name of the role, and of the schema, of a feature's views."""
    return f"{feature}_views"


def roles_of(feature: Manifest) -> list[str]:
    """Return the roles of a feature: that of its truth, and that of its views."""
    views = [views_role(feature.name)] if feature.has_streams else []
    return [feature.name, *views] if feature.has_store else views


def sql(features: Sequence[Manifest]) -> str:
    r"""Return what an administrator runs with `psql`; may be run again.

    Each password comes from the environment (`PASSWORD_INVOICES`), read by `\getenv`.
    """
    blocks = ["\\set ON_ERROR_STOP on", "REVOKE ALL ON SCHEMA public FROM PUBLIC;"]
    for feature in features:
        blocks += [_block(role) for role in roles_of(feature)]
        if feature.has_streams:
            role = views_role(feature.name)
            blocks += [f"ALTER ROLE {role} SET {name} = '{value}';" for name, value in VIEWS_SETTINGS.items()]
    return "\n".join(blocks) + "\n"


def _block(name: str) -> str:
    return f"""
\\getenv password PASSWORD_{name.upper()}
SELECT format('CREATE ROLE {name} LOGIN NOINHERIT CONNECTION LIMIT {CONNECTIONS}')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec
ALTER ROLE {name} PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS {name} AUTHORIZATION {name};
REVOKE ALL ON SCHEMA {name} FROM PUBLIC;
ALTER ROLE {name} SET search_path = {name};"""
