"""Where the spread of a trial's error comes from: its seed, its test cases, and what one seed makes of one case.

Trial s has the error T[s, k] on test case k: T = mean + seed_s + case_k + interaction_sk, all independent (two-way
random effects without replicates).  Its test error is the mean over the cases, so its variance about the error expected
for new seeds and new cases is  seed + case / P + interaction / P,  P being the number of patients.  New seeds on the
same test set show only the first and the last term; more test patients shrink only the last two.

Estimated by the method of moments (Searle, Casella and McCulloch, Variance Components, 1992, chapter 4); an estimate
below zero counts as 0.  Cases of one patient enter as one unit, weighted by their number.

The seed is more than one source: a trial's subset of the pool, its initial weights, the order of its batches and its
augmentations are drawn from streams of their own.  Subset and training (all the rest) can be told apart only where
trials of one size share a subset:

- with `protocol.seeds_per_subset` k > 1 each k seeds do, at every size.  The spread within the subsets is that of
  training, and what the subsets' means vary beyond it is that of the subsets.  Trials of one subset are alike, so
  `spread` and `seed` are those of one trial on a subset of its own: the sum of both parts;
- with a subset for each seed only at N = the pool's size, where all have the same images: all of the seed's variance is
  training, and what other subsets would add is unknown there.  At smaller sizes no two seeds share a subset, except by
  chance (or a table from elsewhere that was designed so).

Nested subsets do not help, for each size still has one subset a seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segaug.analysis.distributions import chi2_quantile, f_quantile
from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.law.power_law import Array
from segaug.analysis.trials.case_grid import CaseGrid
from segaug.analysis.trials.curve_trials import CurveTrials

_TAILS = (0.5 - LEVEL / 2, 0.5 + LEVEL / 2)


@dataclass(frozen=True, kw_only=True)
class Components:
    """Variances of one size, in squared units of the error; None: these trials cannot tell."""

    size: int
    trials: int
    spread: float | None  # over trials on this test set: seed + of_interaction; None for a single trial
    subset: float | None  # the part of `spread` from which images were drawn
    subset_interval: Interval | None
    training: float | None  # the part of `spread` from weights, order and augmentation
    training_interval: Interval | None
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


def nested_two_way(values: Array, subset: Array) -> tuple[float, float, float]:
    """The same three variances of a table (S, P) whose rows are alike where their subset, (S,), is the same.

    At least two subsets.  Their means are independent rows; of the rest only a part is left in these.
    """
    _, owner, counts = np.unique(subset, return_inverse=True, return_counts=True)
    patients, within = values.shape[1], len(values) - len(counts)
    means = np.stack([values[owner == place].mean(axis=0) for place in range(len(counts))])
    row, column, interaction = two_way(means)
    if not within:
        return row, column, interaction
    rest = values - means[owner]
    own = rest.mean(axis=1)
    of_interaction = float(((rest - own[:, None]) ** 2).sum() / (within * (patients - 1)))
    of_row = max(float((own**2).sum() / within) - of_interaction / patients, 0.0)
    missing = 1 - float((1 / counts).mean())
    return row + missing * of_row, column, interaction + missing * of_interaction


@dataclass(frozen=True)
class SubsetSplit:
    """Variances of trials that share subsets, with 95 % intervals; None where the trials cannot tell."""

    subset: float | None = None
    training: float | None = None
    subset_interval: Interval | None = None
    training_interval: Interval | None = None


def by_subset(errors: Array, subsets: Sequence[str]) -> SubsetSplit:
    """Split the variance of trials by those that share a subset.

    errors: (S,).  subsets: (S,) names of the sets of training images.  One-way random effects of unequal groups; the
    interval of the subsets' part is that of Williams, Biometrika 49 (1962) 278: rather too wide than too narrow.
    """
    names, owner = np.unique(list(subsets), return_inverse=True)
    groups = [errors[owner == place] for place in range(len(names))]
    trials, count = len(errors), len(groups)
    rest = trials - count
    if not rest:
        return SubsetSplit()
    within = float(sum(((group - group.mean()) ** 2).sum() for group in groups) / rest)
    of_training = _interval([rest * within / chi2_quantile(tail, rest) for tail in _TAILS])
    if count == 1:
        return SubsetSplit(training=within, training_interval=of_training)
    df = count - 1
    between = sum(len(group) * (group.mean() - np.mean(errors)) ** 2 for group in groups) / df
    per_group = (trials - sum(len(group) ** 2 for group in groups) / trials) / df
    ends = [
        (between - within * f_quantile(tail, df, rest)) * df / chi2_quantile(tail, df) / per_group for tail in _TAILS
    ]
    return SubsetSplit(
        subset=max(float((between - within) / per_group), 0.0),
        training=within,
        subset_interval=_interval(ends),
        training_interval=of_training,
    )


def _interval(ends: Sequence[float]) -> Interval:
    """Of a variance; ends: the higher one first."""
    high, low = (max(float(end), 0.0) for end in ends)
    return Interval(low, high, method="moments")


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
    errors, subset = curve.errors[ok, column], curve.seeds[ok] // curve.seeds_per_subset
    independent, shared = len(np.unique(subset)) > 1, curve.seeds_per_subset > 1
    seed = case = interaction = None
    if grid is not None and grid.patient_count > 1 and independent:
        values = patient_means(grid.values[ok, column], grid.patients)
        seed, case, interaction = nested_two_way(values, subset) if shared else two_way(values)
    split = by_subset(errors, _subsets(curve, size))
    spread = float(errors.var(ddof=1)) if len(errors) > 1 else None
    if shared and split.subset is not None and split.training is not None:
        spread = split.subset + split.training
    return Components(
        size=size,
        trials=len(errors),
        spread=spread,
        **vars(split),
        patients=None if grid is None else grid.patient_count,
        seed=seed,
        case=case,
        interaction=interaction,
    )


def _subsets(curve: CurveTrials, size: int) -> list[str]:
    """Names of the subsets of the converged trials of a size, by seed; without names each counts as its own."""
    rows = curve.table[(curve.table["size"] == size) & (curve.table["status"] == "ok")].sort_values("seed")
    return rows["subset"].tolist() if "subset" in rows else rows["id"].tolist()
