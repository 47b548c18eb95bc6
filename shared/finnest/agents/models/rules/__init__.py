"""The offline planner."""

from finnest.agents.models.rules.planner import NAME, Planner, plan

__all__ = ["NAME", "Planner", "plan"]
