"""What a record says of the sources that its training images come from, as a column of tables.

A task of one source has no such block, and its column is empty.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import orjson

Role = Literal["base", "added"]
_SHARED = "show some of the same patients, and are pooled all the same (dataset.allow_overlap=true)"


class SourceShare(NamedTuple):
    """What one source has given to a training."""

    name: str  # of its data set
    role: Role
    training: int  # images
    presentations: int  # rows of batches that showed one of them


def told_shared(one: str, other: str) -> str:
    """What is said first of a trial whose sources show some of the same patients."""
    return f"{one} and {other} {_SHARED}"


def is_told_shared(text: str) -> bool:
    """Is it what `told_shared` says?"""
    return text.endswith(_SHARED)


def sources_column(record: Mapping[str, Any]) -> str:
    """The sources of a record in the order of its task, as one text; "" where it has a single one."""
    sources = record.get("sources")
    if not sources:
        return ""
    shares = [
        (str(name), str(share["role"]), int(share["training"]), int(share["presentations"]))
        for name, share in sources.items()
    ]
    if [role for _, role, _, _ in shares].count("base") != 1:
        raise ValueError(f"of the sources {', '.join(sources)} not one is the base")
    return orjson.dumps(shares).decode()


@lru_cache(maxsize=4096)  # trials of a cell share their text
def sources_of(column: str) -> tuple[SourceShare, ...]:
    """The sources again; none for the text of a single one."""
    return tuple(SourceShare(*share) for share in orjson.loads(column)) if column else ()


def added_images(column: str) -> int:
    """Images of added sources that a trial was trained on; none where there is a single source."""
    return sum(share.training for share in sources_of(column) if share.role == "added")
