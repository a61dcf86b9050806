"""Which images of the pool one trial is trained on."""

from collections.abc import Sequence
from typing import Literal

import torch

from segaug.errors import ConfigError
from segaug.rng import stream

Policy = Literal["independent", "nested"]
Unit = Literal["images", "patients"]


def draw_subset(
    pool: Sequence[int],
    patients: Sequence[str],
    size: int,
    seed: int,
    policy: Policy = "independent",
    unit: Unit = "images",
) -> tuple[int, ...]:
    """Rows of `size` images (or of all images of `size` patients), drawn without replacement, in the order drawn.

    pool: row numbers that may be drawn.  patients: the patient of every row of the task.  independent: a fresh draw for
    each size, as published.  nested: a larger subset of the same seed starts with the smaller one.
    """
    units = _by_patient(pool, patients) if unit == "patients" else [(row,) for row in pool]
    if not 1 <= size <= len(units):
        fix = f"choose from 1 to {len(units)}, or scale=all for the whole pool"
        raise ConfigError(key="scale.size", problem=f"got {size} {unit}, the pool has {len(units)}", fix=fix)
    names = ("subset", size) if policy == "independent" else ("subset",)
    order = torch.randperm(len(units), generator=stream(seed, *names))
    return tuple(row for place in order[:size].tolist() for row in units[place])


def draw_added(pool: Sequence[int], count: int, seed: int, source: str) -> tuple[int, ...]:
    """The first `count` rows of the one order that a seed gives of an added source's pool: more contain fewer.

    pool: row numbers of that source.  source: its name.
    """
    if count > len(pool):
        problem = f"asks for {count} images of {source}, whose pool has {len(pool)}"
        raise ConfigError(key="dataset.k", problem=problem, fix=f"use at most {len(pool)}")
    order = torch.randperm(len(pool), generator=stream(seed, "added", source))
    return tuple(pool[place] for place in order[:count].tolist())


def _by_patient(pool: Sequence[int], patients: Sequence[str]) -> list[tuple[int, ...]]:
    """Rows of each patient, in the order in which patients appear in the pool."""
    rows: dict[str, tuple[int, ...]] = {}
    for row in pool:
        rows[patients[row]] = (*rows.get(patients[row], ()), row)
    return list(rows.values())
