"""Pods on a real cluster are confined: network, identity, rights of the process."""

from __future__ import annotations

import pytest

from tests.cluster.platform import FEATURES, Platform

PATHS = {
    ("suppliers", "payments", 50002): False,
    ("suppliers", "payments", 8081): False,
    ("suppliers", "invoices", 9090): False,
    ("matching", "invoices", 50002): True,
    ("gateway", "payments", 50002): True,
    ("suppliers", "nats", 4222): True,
    ("suppliers", "nats", 8222): False,
    ("suppliers", "nats", 6222): False,
    ("suppliers", "postgres", 5432): True,
}
"""(from, to, port) → whether a connection opens."""


@pytest.mark.parametrize(("source", "target", "port"), PATHS)
def test_a_pod_reaches_whom_its_manifest_names_and_nobody_else(
    platform: Platform, source: str, target: str, port: int
) -> None:
    assert platform.reaches(source, platform.address(target), port) is PATHS[source, target, port]


def test_a_pod_does_not_reach_the_cluster_s_api(platform: Platform) -> None:
    address, port = platform.shell('echo "$NODE_IP 6443"').split()
    assert not platform.reaches("suppliers", address, int(port))


def test_sidecars_know_each_other_by_certificate(platform: Platform) -> None:
    address = platform.address("payments")
    shown = platform.shell(
        'innode sh -c "openssl s_client -connect $1:50002 -showcerts </dev/null 2>/dev/null | '
        'openssl x509 -noout -ext subjectAltName"',
        address,
    )
    assert "spiffe://finnest/ns/finnest/payments" in shown


CONFINED = """
import os, pathlib
print(os.getuid(), pathlib.Path("/var/run/secrets/kubernetes.io").exists(), pathlib.Path("/var/run/finnest").exists())
try:
    pathlib.Path("/opt/finnest/app/x").write_text("x")
    print("written")
except OSError as refused:
    print(refused.strerror)
print([line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "Seccomp:", "NoNewPrivs"))])
"""


@pytest.mark.parametrize("feature", [*FEATURES, "gateway"])
def test_an_app_is_confined(platform: Platform, feature: str) -> None:
    user, wrote, limits = platform.inside(feature, CONFINED).strip().splitlines()
    assert user == "10001 False False"
    assert wrote == "Read-only file system"
    assert limits == "['0000000000000000', '1', '2']"


def test_the_sidecar_that_was_injected_is_confined_too(platform: Platform) -> None:
    sidecar = next(
        one for one in platform.pod("payments")["spec"]["initContainers"] if one["name"] == "daprd"
    )
    context = sidecar["securityContext"]
    assert sidecar["restartPolicy"] == "Always"
    assert context["readOnlyRootFilesystem"]
    assert context["runAsNonRoot"]
    assert not context["allowPrivilegeEscalation"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert {"cpu", "memory"} <= set(sidecar["resources"]["limits"])
