"""Trials that a family of addition curves lacks, and what each of them is for."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from segaug.analysis.addition.family import SAMPLINGS, Family, FamilyKey, Sampling
from segaug.analysis.comparison.shared_grid import PlacedCurve

_WORTH_SIZES = (1, 2, 4)  # times N, of the base alone


@dataclass(frozen=True)
class Missing:
    """Trials of one family that would tell more."""

    key: FamilyKey
    purpose: str
    alone: bool  # of the base alone; else with added images
    amounts: tuple[tuple[int, ...], ...]  # training sizes N' of the base alone, or the added images of each source
    seeds: tuple[int, ...]
    samplings: tuple[Sampling, ...] = ()


def missing_trials(family: Family, *, harmed: bool) -> Iterator[Missing]:
    """harmed: is harm shown at some k?  Then what adding costs lies below N."""
    for sampling, curve in family.pooled.items():
        yield from _unequal_seeds(family, sampling, curve)
    yield from _for_worth(family, harmed=harmed)
    yield from _for_control(family)
    yield from _for_dilution(family)


def _unequal_seeds(family: Family, sampling: Sampling, curve: PlacedCurve) -> Iterator[Missing]:
    ended = curve.status != "missing"
    seeds = _seeds(family)
    has_zero = 0 in curve.trials.sizes
    amounts = _amounts(family)
    if not has_zero:
        nothing = tuple(0 for _ in family.key.added)
        yield Missing(family.key, "to compare with", False, (nothing,), seeds, (sampling,))
    by_lack: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for k in curve.trials.sizes:
        column = int(np.flatnonzero(family.columns == k)[0])
        lacking = tuple(seed for seed, done in zip(_all_seeds(family), ended[:, column], strict=True)
                        if seed in seeds and not done)  # fmt: skip
        if lacking:
            by_lack.setdefault(lacking, []).append(amounts[int(k)])
    for lacking, of_k in by_lack.items():
        yield Missing(family.key, "for equal seeds at every k", False, tuple(of_k), lacking, (sampling,))


def _for_worth(family: Family, *, harmed: bool) -> Iterator[Missing]:
    size = family.key.size
    wanted = [size * times for times in _WORTH_SIZES] + ([size // 2] if harmed and size > 1 else [])
    at_zero = any(0 in curve.trials.sizes for curve in family.pooled.values())
    has = {size} if at_zero else set()
    if family.base is not None:
        has |= {int(size + k) for k in family.base.trials.sizes}
    lacking = tuple((size,) for size in sorted(set(wanted) - has))
    if lacking:
        yield Missing(family.key, "for what an added image is worth", True, lacking, _seeds(family))


def _for_control(family: Family) -> Iterator[Missing]:
    size = family.key.size
    has = set() if family.base is None else {int(k) for k in family.base.trials.sizes}
    lacking = tuple((size + k,) for k in sorted(_amounts(family)) if k > 0 and k not in has)
    if lacking:
        yield Missing(
            family.key, "as positive control: as many more images of the base itself", True, lacking, _seeds(family)
        )


def _for_dilution(family: Family) -> Iterator[Missing]:
    lacking = tuple(name for name in SAMPLINGS if name not in family.pooled)
    if lacking:
        nothing = tuple(0 for _ in family.key.added)
        amounts = tuple(dict.fromkeys([nothing, *_amounts(family).values()]))
        yield Missing(family.key, "to tell dilution from shift", False, amounts, _seeds(family), SAMPLINGS)


def _amounts(family: Family) -> dict[int, tuple[int, ...]]:
    """k in all -> of each added source, ascending."""
    return dict(sorted(family.amounts.items()))


def _all_seeds(family: Family) -> list[int]:
    grids = [*family.pooled.values(), *([family.base] if family.base else [])]
    return sorted({int(seed) for curve in grids for seed in curve.trials.seeds})


def _seeds(family: Family) -> tuple[int, ...]:
    """Of any trial with added images, or k = 0."""
    return tuple(sorted({int(seed) for curve in family.pooled.values() for seed in curve.trials.seeds}))
