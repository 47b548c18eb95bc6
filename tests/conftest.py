"""What all tests have in common: how long a machine takes for one example says nothing about the example."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("finnest", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("finnest")
