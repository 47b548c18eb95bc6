"""Tables that commands write into a README, between `<!-- name -->` and `<!-- /name -->`."""

from __future__ import annotations

from pathlib import Path

from finnest.dev.home import REPO

README = REPO / "README.md"


def put(name: str, text: str, readme: Path = README) -> None:
    """Replace what stands between the marks of this name."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = readme.read_text().partition(begin)
    _, _, after = rest.partition(end)
    readme.write_text(f"{before}{begin}\n{text}\n{end}{after}")
