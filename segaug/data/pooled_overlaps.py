"""Data sets that show some of the same patients, as their configs say: pooled, one is trained on what another tests."""

from collections.abc import Mapping
from itertools import combinations

from segaug.data.task import Dataset
from segaug.errors import ConfigError

KEY = "dataset.allow_overlap"


def shared_patients(sources: Mapping[str, Dataset]) -> list[tuple[str, str]]:
    """Pairs of these data sets of which one is said to overlap with the other; either may be the one that says it."""
    said = {name: set(getattr(source, "overlaps", ())) for name, source in sources.items()}
    return [(one, other) for one, other in combinations(said, 2) if other in said[one] or one in said[other]]


def refuse_shared(sources: Mapping[str, Dataset]) -> None:
    """Raise ConfigError for the first such pair."""
    for one, other in shared_patients(sources):
        problem = (
            f"{one} and {other} show some of the same patients, who would be trained on in one of them and tested on "
            "in the other"
        )
        fix = f"pool other sets, or set {KEY}=true, which records and report then say first"
        raise ConfigError(key="dataset.added", problem=problem, fix=fix)
