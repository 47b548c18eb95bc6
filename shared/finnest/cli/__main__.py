"""`python -m finnest.cli` is the same as `finnest`."""

from finnest.cli import main

main()
