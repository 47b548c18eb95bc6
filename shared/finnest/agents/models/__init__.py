"""Models: what an agent thinks with. One port, one adapter per file."""
