"""Everything that starts, watches and explains Finnest on one machine. Needs no other part of it to be running."""
