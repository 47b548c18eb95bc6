"""Pods come and go under work, by one's own wish or not; nothing accepted is lost, nothing happens twice."""

from __future__ import annotations

import pytest

from tests.cluster.load import nothing_is_lost_or_doubled
from tests.cluster.platform import APPS, Platform

ROLLED_WITHIN_S = 180


@pytest.mark.parametrize("feature", APPS)
async def test_the_pod_of_a_feature_is_killed_under_work(platform: Platform, feature: str) -> None:
    name = platform.pod(feature)["metadata"]["name"]
    await nothing_is_lost_or_doubled(
        platform, lambda: platform.kubectl("delete", "pod", name, "--grace-period=0", "--force")
    )


@pytest.mark.parametrize("feature", APPS)
async def test_a_feature_is_rolled_under_work(platform: Platform, feature: str) -> None:
    await nothing_is_lost_or_doubled(platform, lambda: _roll(platform, feature))


async def test_everything_is_rolled_at_once_under_work(platform: Platform) -> None:
    def all_of_it() -> None:
        platform.kubectl("rollout", "restart", *(f"deploy/{feature}" for feature in APPS))
        for feature in APPS:
            platform.kubectl("rollout", "status", f"deploy/{feature}", f"--timeout={ROLLED_WITHIN_S}s")

    await nothing_is_lost_or_doubled(platform, all_of_it)


async def test_more_pods_share_the_work_and_give_it_back(platform: Platform) -> None:
    """From one pod to three and back: actors move with their work, views are the same from everywhere."""
    try:
        await nothing_is_lost_or_doubled(platform, lambda: _scale(platform, "invoices", 3))
        before = _taken(platform, "invoices")
        await nothing_is_lost_or_doubled(platform, lambda: None)
        shares = {pod: count - before.get(pod, 0) for pod, count in _taken(platform, "invoices").items()}
        assert len(shares) == 3
        assert all(share > 0 for share in shares.values()), shares
    finally:
        await nothing_is_lost_or_doubled(platform, lambda: _scale(platform, "invoices", 1))


def _roll(platform: Platform, feature: str) -> None:
    platform.kubectl("rollout", "restart", f"deploy/{feature}")
    platform.kubectl("rollout", "status", f"deploy/{feature}", f"--timeout={ROLLED_WITHIN_S}s")


def _scale(platform: Platform, feature: str, pods: int) -> None:
    platform.kubectl("scale", f"deploy/{feature}", f"--replicas={pods}")
    platform.kubectl("rollout", "status", f"deploy/{feature}", f"--timeout={ROLLED_WITHIN_S}s")


def _taken(platform: Platform, feature: str) -> dict[str, int]:
    """Return how many messages of the bus each ready pod has taken."""
    return {
        name: platform.metric(name, "dapr_component_pubsub_ingress_count") for name in platform.pods(feature)
    }
