"""The official rules, applied in worker processes so that no document harms another."""
