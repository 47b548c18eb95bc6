"""The broker's configuration: NATS JetStream on loopback, every message on disk before it is acknowledged."""

from __future__ import annotations

from finnest.dev.home import Home
from finnest.dev.ports import LOOPBACK, Ports

TEMPLATE = """\
listen: "{host}:{port}"
server_name: finnest
max_payload: 1MB
jetstream {{
  store_dir: "{store}"
  sync_interval: always
}}
authorization {{
  user: finnest
  password: "{password}"
}}
"""


def write_config(home: Home, ports: Ports, password: str) -> str:
    """Write the configuration, readable by its owner only, and return its path."""
    path = home.root / "nats.conf"
    text = TEMPLATE.format(host=LOOPBACK, port=ports.broker, store=home.nats, password=password)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)
    return str(path)
