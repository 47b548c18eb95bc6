"""Writes the demo documents beside this file: `python -m tests.data.make_documents`."""

from __future__ import annotations

from pathlib import Path

from tests.data.demo_table import TABLE

DEMO = Path(__file__).parent / "demo"
EXPECTED = "expected.tsv"


def demo_files() -> dict[str, bytes]:
    """File name -> what a demonstration feeds, in this order."""
    return {f"{index:02d}-{row.name}.{row.suffix}": row.body for index, row in enumerate(TABLE, 1)}


def demo_documents() -> dict[str, bytes]:
    """File name -> document, of those that are documents."""
    return {name: body for name, body in demo_files().items() if name.endswith(".xml")}


def statuses() -> dict[str, str]:
    """File name -> the status that it ends in."""
    names = zip(demo_files(), TABLE, strict=True)
    return {name: row.status or _kept(row.name) for name, row in names}


def expected() -> str:
    """Of each document: its name, the status it ends in, and words of its reason."""
    ends = zip(statuses().items(), TABLE, strict=True)
    rows = [f"{name}\t{status}\t{row.reason}\n" for (name, status), row in ends]
    return "document\tstatus\treason\n" + "".join(rows)


def _kept(name: str) -> str:
    return "open" if name.startswith("order-") else "received"


def main() -> None:
    """Writes all demo documents, and removes what is no longer one."""
    DEMO.mkdir(exist_ok=True)
    documents = demo_files()
    for stale in {path.name for path in DEMO.iterdir()} - set(documents):
        (DEMO / stale).unlink()
    for name, body in documents.items():
        (DEMO / name).write_bytes(body)
    (DEMO / EXPECTED).write_text(expected())


if __name__ == "__main__":
    main()
