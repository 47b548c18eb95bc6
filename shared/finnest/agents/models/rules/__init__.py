"""The offline planner."""

from finnest.agents.models.rules.planner import NAME, Planner, plan, understand

__all__ = ["NAME", "Planner", "plan", "understand"]
