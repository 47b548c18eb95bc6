"""Tables that commands write into the README, between `<!-- name -->` and `<!-- /name -->`."""

from __future__ import annotations

from finnest.dev.home import REPO

README = REPO / "README.md"


def put(name: str, text: str) -> None:
    """Replace what stands between the marks of this name."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = README.read_text().partition(begin)
    _, _, after = rest.partition(end)
    README.write_text(f"{before}{begin}\n{text}\n{end}{after}")
