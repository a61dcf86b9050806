"""How many trials share a run."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

from segaug.results.keys import CELL, CURVE, TRIAL

Granularity = Literal["curve", "cell", "trial"]
GRANULARITIES: tuple[Granularity, ...] = get_args(Granularity)
Key = tuple[str | int, ...]  # names a run within a study

_FIELDS: dict[Granularity, tuple[str, ...]] = {
    "curve": CURVE,
    "cell": CELL,
    "trial": (*TRIAL, "id"),
}


def key_of(trial: Mapping[str, Any], granularity: Granularity) -> Key:
    """To which run a record, or a trial of the plan, belongs."""
    return tuple(trial[field] for field in _FIELDS[granularity])


def grouped(trials: Iterable[Mapping[str, Any]], granularity: Granularity) -> dict[Key, set[str]]:
    """The ids of the trials of each run, by key."""
    groups: dict[Key, set[str]] = {}
    for trial in trials:
        groups.setdefault(key_of(trial, granularity), set()).add(trial["id"])
    return dict(sorted(groups.items()))
