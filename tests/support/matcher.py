"""Dapr's access control matcher, as it stands in `pkg/config/acl_trie.go` and `pkg/acl/acl.go` of 1.18.3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class _Node:
    part: str
    verbs: Sequence[str] | None = None
    below: list[_Node] = field(default_factory=list["_Node"])

    def put(self, part: str) -> _Node:
        for node in self.below:
            if node.part == part:
                return node
        self.below.append(node := _Node(part))
        return node

    def find(self, part: str, is_end: bool) -> _Node | None:
        for node in self.below:
            if node.part == part:
                return node
            if node.part == "*":
                if is_end:
                    return node
                continue
            if node.part == "**" or _fits(part, node.part):
                return node
        return None


class Matcher:
    """Says whether a call passes; entries are taken in their order."""

    def __init__(self, operations: Mapping[str, Sequence[str]]) -> None:
        self._root = _Node("")
        for operation, verbs in operations.items():
            node = self._root
            for part in operation.lower().split("/")[1:]:
                node = node.put(part)
            if node.verbs is None:
                node.verbs = verbs

    def allows(self, verb: str, path: str) -> bool:
        """Return whether the verb is allowed on the path; what no entry answers for is denied."""
        verbs = self._search(path.lower().split("/")[1:])
        return verbs is not None and verb in verbs

    def _search(self, parts: Sequence[str]) -> Sequence[str] | None:
        node: _Node | None = self._root
        for index, part in enumerate(parts):
            is_end = index == len(parts) - 1
            assert node is not None
            node = node.find(part, is_end)
            if node is None:
                return None
            if node.verbs is not None:
                if not is_end and node.part == "*":
                    continue
                return node.verbs
            if is_end and (child := node.find("*", is_end)) is not None:
                return child.verbs
        return None


def _fits(text: str, pattern: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _fits(text, pattern[1:]) or (bool(text) and _fits(text[1:], pattern))
    return bool(text) and text[0] == pattern[0] and _fits(text[1:], pattern[1:])
