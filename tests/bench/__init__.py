"""Figures: what the platform does per second, beside the bare limit of the same machine and run."""
