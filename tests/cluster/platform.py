"""The platform as it runs on the lab's node: kubectl, the address of its Gateway, a look from inside a pod."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ASK = """
import json, os, sys, urllib.error, urllib.request
method, path, body, token = json.loads(sys.argv[1])
headers = {"content-type": "application/json"}
if token:
    headers["dapr-api-token"] = os.environ["DAPR_API_TOKEN"]
url = path if path.startswith("http") else "http://127.0.0.1:3500/v1.0" + path
request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers, method=method)
try:
    answer = urllib.request.urlopen(request, timeout=15)
    print(json.dumps([answer.status, answer.read().decode()]))
except urllib.error.HTTPError as refused:
    print(json.dumps([refused.code, refused.read().decode()]))
"""
REACH = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), 2).close()
    print("open")
except OSError:
    print("closed")
"""
METRICS = """
import urllib.request
print(urllib.request.urlopen("http://127.0.0.1:9090/metrics", timeout=5).read().decode())
"""
HOST = "finnest.localhost"
FEATURES = ("approvals", "assistant", "budgets", "invoices", "matching", "payments", "suppliers")
"""Those with streams; the gateway stands before them."""
APPS = (*FEATURES, "calendar", "gateway")
ENFORCED_WITHIN_S = 10


class Platform:
    """What a test may do with it."""

    def __init__(self, lab: Path) -> None:
        self._lab = lab
        secret = json.loads(self.kubectl("get", "secret", "developer-key", "-o", "json"))
        self._key = base64.b64decode(secret["data"]["key"]).decode()

    def shell(self, script: str, *arguments: str, content: bytes = b"") -> str:
        """Run a line of shell with the lab's functions (`k`, `innode`); returns what it prints."""
        command = ["bash", "-c", f'. "{self._lab}/lab.env"; {script}', "shell", *arguments]
        done = subprocess.run(command, input=content, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        return done.stdout.decode()

    def kubectl(self, *arguments: str, content: bytes = b"") -> str:
        """Run kubectl in the platform's namespace."""
        return self.shell('k -n finnest "$@"', *arguments, content=content)

    def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Send a request through the Gateway, as an app outside does; return status (0: no answer) and content."""
        headers = {
            "host": HOST,
            "authorization": f"Bearer {key or self._key}",
            "content-type": "application/xml",
            **(headers or {}),
        }
        pairs = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        sent = ["--data-binary", "@-"] if body else []
        text = self.shell(
            'nsenter -t "$(nspid)" -n curl -sS -m 30 -w "\\n%{http_code}" "${@:2}" "http://$NODE_IP:30081$1" || true',
            path, "-X", method, *pairs, *sent, content=body,
        )  # fmt: skip
        content, _, status = text.rpartition("\n")
        return int(status), json.loads(content) if content.startswith(("{", "[")) else content

    def ask(
        self, feature: str, method: str, path: str, body: Any = None, *, token: bool = True
    ) -> tuple[int, str]:
        """Ask the sidecar (or an address) from inside a feature's pod; return status and content."""
        request = json.dumps([method, path, body, token])
        status, content = json.loads(self.inside(feature, ASK, request))
        return status, content

    def reaches(self, feature: str, address: str, port: int) -> bool:
        """Return whether a feature's pod can open a connection."""
        return self.inside(feature, REACH, address, str(port)).strip() == "open"

    def inside(self, feature: str, script: str, *arguments: str) -> str:
        """Run Python in a feature's container."""
        return self.kubectl(
            "exec", "-i", f"deploy/{feature}", "-c", "app", "--", "python3", "-S", "-", *arguments,
            content=script.encode(),
        )  # fmt: skip

    def pod(self, name: str) -> dict[str, Any]:
        """Return a ready pod of a feature, of the broker or of the database."""
        given = self.kubectl("get", "pod", "-l", f"app.kubernetes.io/name={name}", "-o", "json")
        return next(one for one in json.loads(given)["items"] if _is_ready(one))

    def pods(self, feature: str) -> list[str]:
        """Return the names of a feature's ready pods."""
        given = self.kubectl("get", "pod", "-l", f"app.kubernetes.io/name={feature}", "-o", "json")
        return [one["metadata"]["name"] for one in json.loads(given)["items"] if _is_ready(one)]

    def metric(self, pod: str, name: str) -> int:
        """Return a counter of a pod's sidecar, over all its labels."""
        text = self.kubectl(
            "exec", "-i", pod, "-c", "app", "--", "python3", "-S", "-", content=METRICS.encode()
        )
        counts = [line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(f"{name}{{")]
        return int(sum(map(float, counts)))

    def address(self, name: str) -> str:
        """Return the address of such a pod."""
        return str(self.pod(name)["status"]["podIP"])

    def enforce_policies(self) -> subprocess.Popen[bytes]:
        """Start the lab's enforcer of NetworkPolicies; returns when the rules are there."""
        words = self.shell('echo "$(nspid)" "$RUN" "$BIN"').split()
        node, run, binaries = words
        kubectl = f"nsenter -t {node} -n env KUBECONFIG={run}/pki/admin.kubeconfig {binaries}/kubectl"
        command = [sys.executable, str(self._lab / "netpol.py"), "--interval", "1", "--kubectl", kubectl]
        enforcer = subprocess.Popen(
            [*command, "--nft", f"nsenter -t {node} -n nft"], stderr=subprocess.DEVNULL
        )
        self.shell(
            f'for _ in $(seq {ENFORCED_WITHIN_S * 4}); do nsenter -t "$(nspid)" -n nft list table inet labnp '
            ">/dev/null 2>&1 && exit 0; sleep 0.25; done; exit 1"
        )
        return enforcer


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = {one["type"]: one["status"] for one in pod["status"].get("conditions", ())}
    return conditions.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]


def numbered(document: bytes, number: str) -> bytes:
    """Return an invoice under another number."""
    return re.sub(rb"(<cbc:ID>)KP-\d+(</cbc:ID>)", rb"\g<1>" + number.encode() + rb"\g<2>", document, count=1)
