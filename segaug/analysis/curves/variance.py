"""Where the spread of a trial's error comes from: its seed, its test cases, and what one seed makes of one case.

Trial s has the error T[s, k] on test case k: T = mean + seed_s + case_k + interaction_sk, all independent (two-way
random effects without replicates).  Its test error is the mean over the cases, so its variance about the error expected
for new seeds and new cases is  seed + case / P + interaction / P,  P being the number of patients.  New seeds on the
same test set show only the first and the last term; more test patients shrink only the last two.

Estimated by the method of moments (Searle, Casella and McCulloch, Variance Components, 1992, chapter 4); an estimate
below zero counts as 0.  Cases of one patient enter as one unit, weighted by their number.

The seed is more than one source.  `seed` of a trial's config draws its subset of the pool, its initial weights, the
order of its batches and its augmentations, each from a stream of its own; there is no option that changes one and keeps
another.  So subset and training (all the rest) can be told apart only where trials of one size share a subset:

- at N = the pool's size every seed has the same images: all of the seed's variance is training, and what other subsets
  would add is unknown there;
- at smaller sizes no two seeds share a subset, except by chance (or a table from elsewhere that was designed so).

Subset and training at a size below the pool's could be split only by trials that a study cannot hold: other weights on
the same subset.  Nested subsets do not help, for each size still has one subset a seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segaug.analysis.law.power_law import Array
from segaug.analysis.trials.case_grid import CaseGrid
from segaug.analysis.trials.curve_trials import CurveTrials


@dataclass(frozen=True, kw_only=True)
class Components:
    """Variances of one size, in squared units of the error; None: these trials cannot tell."""

    size: int
    trials: int
    spread: float | None  # over trials on this test set: seed + of_interaction; None for a single trial
    subset: float | None  # the part of `spread` from which images were drawn
    training: float | None  # the part of `spread` from weights, order and augmentation
    patients: int | None  # P; None, as the three below, without case errors
    seed: float | None  # of a trial's error on infinitely many cases
    case: float | None  # of one patient's error, over patients
    interaction: float | None  # of one trial on one patient, beyond both

    @property
    def of_cases(self) -> float | None:
        """Variance of a trial's test error that other test sets of this size would show."""
        return None if self.case is None or self.patients is None else self.case / self.patients

    @property
    def of_interaction(self) -> float | None:
        """Variance of a trial's test error from seeds and cases together."""
        return None if self.interaction is None or self.patients is None else self.interaction / self.patients


def components(curve: CurveTrials, grid: CaseGrid | None) -> list[Components]:
    """The split at each size with a converged trial; grid: of the same curve, None where there are no case errors."""
    usable = curve.usable()
    return [_components(curve, grid, int(size)) for size in usable.sizes]


def two_way(values: Array) -> tuple[float, float, float]:
    """Variances (row, column, interaction) of a table (S, P) without gaps, S and P at least 2."""
    rows, columns = values.shape
    row, column = values.mean(axis=1), values.mean(axis=0)
    residual = values - row[:, None] - column + values.mean()
    interaction = float((residual**2).sum() / ((rows - 1) * (columns - 1)))
    of_row, of_column = row.var(ddof=1) - interaction / columns, column.var(ddof=1) - interaction / rows
    return max(float(of_row), 0.0), max(float(of_column), 0.0), interaction


def by_subset(errors: Array, subsets: Sequence[str]) -> tuple[float | None, float | None]:
    """Variances (subset, training) of trials, from those that share a subset; None where they cannot tell.

    errors: (S,).  subsets: (S,) names of the sets of training images.  One-way random effects of unequal groups.
    """
    groups = [group.to_numpy() for _, group in pd.Series(errors).groupby(list(subsets))]
    trials, count = len(errors), len(groups)
    if count == trials:
        return None, None
    within = float(sum(((group - group.mean()) ** 2).sum() for group in groups) / (trials - count))
    if count == 1:
        return None, within
    between = sum(len(group) * (group.mean() - np.mean(errors)) ** 2 for group in groups) / (count - 1)
    per_group = (trials - sum(len(group) ** 2 for group in groups) / trials) / (count - 1)
    return max(float((between - within) / per_group), 0.0), within


def patient_means(values: Array, patients: Sequence[str]) -> Array:
    """Errors of patients whose plain mean is the mean over the cases; values: (S, K).  Returns (S, P).

    A patient with many images moves a trial's test error more, and deviates more here: linear in its deviation.
    """
    known, owner, images = np.unique(np.asarray(patients), return_inverse=True, return_counts=True)
    total = np.stack([np.bincount(owner, weights=errors) for errors in values])
    mean = values.mean(axis=1, keepdims=True)
    return mean + (total - images * mean) * len(known) / len(owner)


def _components(curve: CurveTrials, grid: CaseGrid | None, size: int) -> Components:
    column = int(np.searchsorted(curve.sizes, size))
    ok = curve.status[:, column] == "ok"
    errors = curve.errors[ok, column]
    seed = case = interaction = None
    if grid is not None and grid.patient_count > 1 and len(errors) > 1:
        seed, case, interaction = two_way(patient_means(grid.values[ok, column], grid.patients))
    subset, training = by_subset(errors, _subsets(curve, size))
    return Components(
        size=size,
        trials=len(errors),
        spread=float(errors.var(ddof=1)) if len(errors) > 1 else None,
        subset=subset,
        training=training,
        patients=None if grid is None else grid.patient_count,
        seed=seed,
        case=case,
        interaction=interaction,
    )


def _subsets(curve: CurveTrials, size: int) -> list[str]:
    """Names of the subsets of the converged trials of a size, by seed; without names each counts as its own."""
    rows = curve.table[(curve.table["size"] == size) & (curve.table["status"] == "ok")].sort_values("seed")
    return rows["subset"].tolist() if "subset" in rows else rows["id"].tolist()
