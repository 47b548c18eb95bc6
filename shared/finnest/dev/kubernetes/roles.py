"""A schema and a role per feature in PostgreSQL; a role sees nothing of another's."""

from __future__ import annotations

from collections.abc import Sequence

from finnest.manifest import Manifest

CONNECTIONS = 60
"""Twelve of a sidecar (state 8, actors 4), with room for a rollout's second pod."""


def sql(features: Sequence[Manifest]) -> str:
    r"""Return what an administrator runs with `psql`; may be run again.

    Each password comes from the environment (`PASSWORD_INVOICES`), read by `\getenv`.
    """
    blocks = ["\\set ON_ERROR_STOP on", "REVOKE ALL ON SCHEMA public FROM PUBLIC;"]
    for feature in features:
        if feature.has_store:
            blocks.append(_block(feature.name))
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
