"""The groups of rows that the table has."""

from collections.abc import Iterable
from dataclasses import dataclass

from .heaps import Heap


@dataclass(frozen=True)
class Group:
    """Rows of one file, and what their keys begin with."""

    file: str
    keys: tuple[str, ...]
    heaps: tuple[Heap, ...] = ("kept",)


GROUPS = {
    "network": Group("network", ("network",), ("kept", "default")),
    "augmentation": Group("augmentation", ("augmentation",)),
    "step": Group("topology", ("step",)),
    "overhead": Group("overhead", ("overhead",)),
    "study": Group("study", ("study", "trial"), ("default",)),  # segaug's workers set theirs, the script has this one
}


def beginnings(names: Iterable[str]) -> list[str]:
    """Of the keys of these groups' rows."""
    return [key for name in names for key in GROUPS[name].keys]
