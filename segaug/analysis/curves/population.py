"""Intervals of E(N) over draws of seeds, and over draws of seeds and test cases.

Seeds alone speak about this test set.  For other patients from where these came from, seeds and cases have to be drawn:
intervals over 20 seeds alone held the error on the population of cases in 23-49 % (measured: benchmarks/coverage.py).
The shape of a curve (b, floor share, slope) hardly depends on the cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segaug.analysis.interval import RESAMPLES, Interval
from segaug.analysis.law.power_law import Array, PowerLaws
from segaug.analysis.law.resample import (
    Counts,
    SeedDraws,
    draw_cases,
    draw_seeds,
    percentile_interval,
    resampled_means,
    two_way_means,
)
from segaug.analysis.law.solver import solve
from segaug.analysis.trials.case_grid import CaseGrid

FEW_PATIENTS = 30  # with fewer the population of cases is poorly known


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws that all sizes and strategies of a (task, model) share, so that their laws can be paired."""

    seeds: SeedDraws
    stream: str
    resamples: int

    def cases(self, patients: Sequence[str]) -> Counts:
        """Draws of the patients of K test cases, the same for all curves that were tested on them: (B, K)."""
        return draw_cases(patients, self.stream, self.resamples)


def draws(seeds: Sequence[int], stream: str, resamples: int = RESAMPLES) -> Draws:
    """seeds: of any curve of the (task, model).  stream: names both."""
    return Draws(draw_seeds(seeds, stream, resamples), stream, resamples)


@dataclass(frozen=True, eq=False)
class Population:
    """The law of a curve on other test cases."""

    laws: PowerLaws  # of B draws of seeds and cases
    cases: int
    patients: int

    def error(self, size: float) -> Interval:
        """Of E(N) over new seeds and new cases."""
        return percentile_interval(self.laws.predict([size])[:, 0], "case_population")


def seed_laws(sizes: Array, values: Array, precision: Array, counts: Counts) -> PowerLaws | None:
    """Laws of B draws of seeds, with the weights of the fit; None with a single seed.

    sizes: (m,).  values: (S, m).  precision: (m, m).  counts: (B, S).
    """
    return solve(sizes, resampled_means(values, counts), precision) if len(values) > 1 else None


def population(grid: CaseGrid, sizes: Array, precision: Array, counts: Counts, drawn: Draws) -> Population | None:
    """Refit to draws of seeds and cases; None with a single seed or patient.  Arguments as in `seed_laws`."""
    if len(grid.values) < 2 or grid.patient_count < 2:
        return None
    means = two_way_means(grid.values, counts, drawn.cases(grid.patients), grid.patient_count)
    return Population(solve(sizes, np.maximum(means, 0.0), precision), len(grid.cases), grid.patient_count)
