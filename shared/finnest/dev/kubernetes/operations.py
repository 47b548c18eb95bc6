"""Writes paths in the pattern language of Dapr's access control, which reads other than it looks.

What its matcher does (`pkg/config/acl_trie.go` of 1.18.3): it walks segment by segment, takes the first sibling
that fits in the order written, and stops at the first one that has verbs, so an operation answers for all
paths below it. `*` fits the last segment only, and also the path without it; `***` fits one segment anywhere.
Of two entries for one path the second is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LAST, ANY = "*", "***"
"""A placeholder that ends a path, and one that goes on."""


@dataclass
class _Node:
    verbs: set[str] = field(default_factory=set[str])
    below: dict[str, _Node] = field(default_factory=dict[str, "_Node"])


def operations(calls: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Return operation → verbs, in the order that the matcher needs, for (verb, path) pairs.

    A path is `/invoices/v1/invoices/{id}`. Where one path is the beginning of another, its verbs and those of
    the placeholder after it become one entry: that is as exact as the matcher can be.
    """
    root = _Node()
    for verb, path in calls:
        node = root
        for part in path.strip("/").split("/"):
            node = node.below.setdefault("{}" if part.startswith("{") else part, _Node())
        node.verbs.add(verb)
    found: dict[str, set[str]] = {}
    _collect(root, "", found)
    ordered = sorted(found, key=lambda name: [_rank(part) for part in name.split("/")])
    return {name: tuple(sorted(found[name])) for name in ordered}


def _collect(node: _Node, path: str, found: dict[str, set[str]]) -> None:
    ends = node.verbs if node.below else set[str]()
    for part, child in node.below.items():
        if part != "{}":
            _collect(child, f"{path}/{part}", found)
            continue
        ends = ends | child.verbs
        for deeper, grandchild in child.below.items():
            _collect(grandchild, f"{path}/{ANY}/{deeper}", found)
    if ends:
        found.setdefault(f"{path}/{LAST}", set()).update(ends)
    if node.verbs and not node.below:
        found.setdefault(path, set()).update(node.verbs)


def _rank(part: str) -> tuple[int, str]:
    return ({LAST: 1, ANY: 2}.get(part, 0), part)
