"""Texts kept within a size."""

from __future__ import annotations

import json


def shortened(text: str, size: int) -> str:
    """Return the text cut so that its stored form (JSON in ASCII) takes at most `size` bytes."""
    if _stored(text) <= size:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _stored(text[:middle]) < size else (low, middle - 1)
    return f"{text[:low]}…" if _stored(f"{text[:low]}…") <= size else text[:low]


def stored_bytes(value: object) -> int:
    """Return the size in bytes of a JSON value as it is stored."""
    return len(json.dumps(value))


def _stored(text: str) -> int:
    return stored_bytes(text) - 2
