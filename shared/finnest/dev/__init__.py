"""Everything that starts, watches and explains Finnest on one machine."""
