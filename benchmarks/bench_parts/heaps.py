"""What the C library does with memory that is given back: decided by variables when a process starts."""

import os
from collections.abc import Mapping, Sequence
from typing import Literal

from segaug.experiment.machine.process import KEEP_HEAP, SINGLE_THREAD

from .row import Row

Heap = Literal["kept", "default"]


def heap() -> Heap:
    """Of this process."""
    return "kept" if all(os.environ.get(name) == value for name, value in KEEP_HEAP.items()) else "default"


def environment(kept: bool, now: Mapping[str, str]) -> dict[str, str]:
    """For a process of one thread, with the heap of a study's workers or with the system's."""
    bare = {name: value for name, value in now.items() if not name.startswith("MALLOC_")}
    return bare | SINGLE_THREAD | (KEEP_HEAP if kept else {})


def across(rows: Sequence[Row]) -> list[Row]:
    """Ours as a study's workers run it beside a peer as it comes: out of two processes, one after the other."""
    by_key = {row.key: row for row in rows}
    found = []
    for key, row in by_key.items():
        start = key.removesuffix("/kept-heap")
        if start != key and (default := by_key.get(f"{start}/default-heap")):
            found.append(
                Row(
                    key=f"{start}/kept-beside-default-heap",
                    what=row.what,
                    beside=default.beside,
                    ours=row.ours,
                    peer=default.peer,
                )
            )
    return found
