"""Guides: an agent that others ask."""
