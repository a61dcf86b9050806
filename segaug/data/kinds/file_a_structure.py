"""Structures that have a mask file each, or several that make it up together."""

from collections.abc import Collection, Mapping
from typing import Any

from segaug.errors import ConfigError

KEY = "dataset.masks"


def structures_of(
    masks: Mapping[str, Any], told: object, unnamed: Collection[object], ignored: Collection[object]
) -> dict[str, list[int]]:
    """Structures by the places of their files, from 1 on: the values that the joined mask has.

    told: `dataset.structures`; one of `unnamed` where nobody named any.  ignored: values of `dataset.ignore`, of which
    such files have none: whatever is not 0 is the structure.  Raises where others are named.
    """
    if ignored:
        problem = f"is set, but {KEY} names a file for each structure, where whatever is not 0 belongs to it"
        raise ConfigError(
            key="dataset.ignore", problem=problem, fix="store one mask of several values, or leave it out"
        )
    structures = {str(name): [place] for place, name in enumerate(masks, start=1)}
    if told not in (*unnamed, structures):
        problem = f"is set, but {KEY} names a file for each structure"
        raise ConfigError(key="dataset.structures", problem=problem, fix="leave it out")
    return structures
