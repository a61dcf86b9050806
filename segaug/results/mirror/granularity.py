"""How many trials share a run."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

Granularity = Literal["curve", "cell", "trial"]
GRANULARITIES: tuple[Granularity, ...] = get_args(Granularity)
Key = tuple[str | int, ...]  # names a run within a study

_CURVE = ("task", "model", "strategy")
_FIELDS: dict[Granularity, tuple[str, ...]] = {
    "curve": _CURVE,
    "cell": (*_CURVE, "size"),
    "trial": (*_CURVE, "size", "seed", "id"),
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
