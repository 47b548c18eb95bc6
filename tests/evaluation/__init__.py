"""Measures the offline planner: what people say, played whole against a small world."""
