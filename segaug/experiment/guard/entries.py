"""The values of a nested configuration with their full keys."""

from collections.abc import Iterator
from typing import Any


def entries(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is no mapping and no list, as ("a.b[0].c", value)."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from entries(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from entries(inner, f"{key}[{place}]")
    else:
        yield key, value
