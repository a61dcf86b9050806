"""A strategy beside a reference that was given the same images: at each k, and over all of them.

Trials of one seed and k share the base's images, the added ones and the initial weights, whatever their strategy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.addition.family import Family, FamilyKey, Sampling
from segaug.analysis.addition.placed_effects import placed_effects
from segaug.analysis.addition.simultaneous import PairedEffect
from segaug.analysis.comparison.shared_grid import PlacedCurve
from segaug.analysis.metric import Metric


@dataclass(frozen=True)
class Beside:
    """One strategy and one sampling of it."""

    key: FamilyKey
    sampling: Sampling
    reference: str
    metric: Metric | None
    at: dict[int, PairedEffect]  # k -> error minus that of the reference; the intervals of all k hold together
    over_all: PairedEffect  # of the mean over these k, of seeds that have all of them


def beside_reference(families: Sequence[Family], reference: str) -> Iterator[Beside]:
    """Every strategy that was trained with the images that the reference was given; seeds that both have."""
    references = {family.key._replace(strategy=""): family for family in families if family.key.strategy == reference}
    for family in families:
        other = references.get(family.key._replace(strategy=""))
        if other is None or other is family:
            continue
        for sampling, curve in family.pooled.items():
            if sampling in other.pooled:
                found = _beside(family, curve, other, other.pooled[sampling])
                if found:
                    yield Beside(family.key, sampling, reference, curve.trials.metric, *found)


def _beside(
    family: Family, curve: PlacedCurve, other: Family, against: PlacedCurve
) -> tuple[dict[int, PairedEffect], PairedEffect] | None:
    """Effects at each k, and over all; None where no seed has both at any k."""
    seeds = [seed for seed in curve.drawn.seeds.seeds if seed in against.drawn.seeds.seeds]
    ks = [k for k in _ks(family, curve) if k in _ks(other, against)]
    if not seeds or not ks:
        return None
    own, its = _cells(family, curve, seeds, ks), _cells(other, against, seeds, ks)
    differences = curve.compared.values[own] - against.compared.values[its]
    kept = np.flatnonzero(np.isfinite(differences).any(axis=0))
    if not len(kept):
        return None
    on_cases = None
    if curve.cases and against.cases and curve.cases.cases == against.cases.cases:
        on_cases = (curve.cases.values[own] - against.cases.values[its])[:, kept]
    differences = differences[:, kept]
    effects = placed_effects(curve, differences, on_cases, seeds)
    mean_on_cases = None if on_cases is None else on_cases.mean(axis=1, keepdims=True)
    whole = placed_effects(curve, differences.mean(axis=1, keepdims=True), mean_on_cases, seeds)
    return {ks[place]: effect for place, effect in zip(kept.tolist(), effects, strict=True)}, whole[0]


def _ks(family: Family, curve: PlacedCurve) -> list[int]:
    """Numbers of added images that a curve has trials of, ascending."""
    return [int(k) for k in family.columns if k in curve.trials.sizes]


def _cells(family: Family, curve: PlacedCurve, seeds: Sequence[int], ks: Sequence[int]) -> tuple[NDArray[np.intp], ...]:
    """Where these seeds and k are on the grid of a family."""
    rows = [curve.drawn.seeds.seeds.index(seed) for seed in seeds]
    return np.ix_(np.array(rows), np.searchsorted(family.columns, ks))
