"""Where the spread of test errors comes from: seeds, test cases, or both together."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.curves.size_point import SizePoint
from segaug.analysis.curves.variance import Components
from segaug.analysis.interval import Interval
from segaug.findings.numbers import NONE, from_to
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Study

_MOSTLY = 0.5  # share of the variance from which a source is the one to work on


@dataclass(frozen=True)
class Split:
    """Variances of an error in squared shares of the error itself."""

    seeds: float
    both: float  # what one seed makes of one case
    cases: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.seeds + self.both + self.cases

    def of_mean(self, subsets: int) -> "Split":
        """Of the mean over so many subsets, one a seed unless seeds share theirs: the test cases stay the same."""
        return Split(self.seeds / subsets, self.both / subsets, self.cases)


def split(components: Components, mean: float) -> Split | None:
    """Of one trial; mean: its size's mean error.  None where the cases were not measured."""
    cases, both = components.of_cases, components.of_interaction
    if components.seed is None or cases is None or both is None:
        return None
    return Split(components.seed / mean**2, both / mean**2, cases / mean**2)


def splits(curve: CurveFit) -> dict[int, Split]:
    """Size -> split of one trial."""
    means = {point.size: point.mean for point in curve.points}
    by_size = {components.size: split(components, means[components.size]) for components in curve.components}
    return {size: shares for size, shares in by_size.items() if shares is not None}


def average(curves: Iterable[CurveFit], whole: bool) -> dict[int, Split]:
    """Size -> mean over the strategies; whole: of the mean over all trials, else of one trial."""
    by_size: dict[int, list[Split]] = {}
    for curve in curves:
        subsets = {point.size: point.subsets for point in curve.points}
        for size, shares in splits(curve).items():
            by_size.setdefault(size, []).append(shares.of_mean(subsets[size]) if whole else shares)
    return {
        size: Split(*(fmean(getattr(shares, name) for shares in by_size[size]) for name in ("seeds", "both", "cases")))
        for size in sorted(by_size)
    }


def variance_groups(study: Study) -> list[tuple[str, str]]:
    """Every (task, model) with a curve that can be split."""
    return [group for group in study.groups if any(map(splits, study.curves_of(*group).values()))]


def variance_caption(study: Study) -> str:
    """How to read the bars."""
    measured = [components for curve in study.fits for components in curve.components]
    seeds = from_to({components.trials for components in measured}, str)
    patients = from_to({components.patients for components in measured if components.patients}, str)
    shared = any(curve.trials.seeds_per_subset > 1 for curve in study.fits)
    drawn = "of which some seeds share the subset" if shared else "which one seed draws together"
    return (
        f"Variance of the {study.measured.name} of one trial (left) and of the mean over its n = {seeds} seeds "
        f"(right), on {patients} test patients, averaged over strategies.\nSeeds: subset, initial weights, order "
        f"of batches and augmentation, {drawn}. Test cases: which patients are tested; the same "
        "for all seeds, so no number of seeds makes it smaller. Seeds × cases: what one seed makes of one patient. "
        "Beside each bar: standard deviation in per cent of the error. Method of moments for two crossed random "
        "effects; estimates below zero count as 0. No intervals: with few seeds the split is rough."
    )


@dataclass(frozen=True)
class Limit:
    """How well the mean errors of a task and model are known at their largest N, and by what they are limited."""

    name: str
    size: int
    variance: Split  # of the mean

    @property
    def percent(self) -> float:
        """One standard deviation of the mean, for new seeds and patients, in per cent of the error."""
        return 100 * math.sqrt(self.variance.total)

    @property
    def share(self) -> float:
        """Of the variance, that comes from the test cases."""
        return self.variance.cases / self.variance.total if self.variance.total else 0.0

    @property
    def by_cases(self) -> bool:
        """Are the test cases what to work on?"""
        return self.share > _MOSTLY

    @property
    def advice(self) -> str:
        """What would help."""
        return "more test images would help, more seeds hardly" if self.by_cases else "more seeds would help"

    def __str__(self) -> str:
        return (
            f"{self.name}: at N = {self.size} the mean error is known to {self.percent:.2g} % (one standard "
            f"deviation, for new seeds and patients); {100 * self.share:.0f} % of that variance comes from the test "
            f"cases: {self.advice}."
        )


def limits(study: Study) -> list[Limit]:
    """For each task and model, what limits the means at the largest N."""
    averages = ((group, average(study.curves_of(*group).values(), whole=True)) for group in variance_groups(study))
    return [Limit(study.title(*group), *list(by_size.items())[-1]) for group, by_size in averages]


def variance_table(study: Study) -> Table:
    """Every curve and size."""
    curves = [curve for group in study.groups for curve in study.curves_of(*group).values()]
    return Table(
        "Standard deviations of the test error in per cent of its mean.\nOn this test set: over seeds, what the bars "
        "of the curves show; subset and training are its two parts, told apart only where trials of one N share a "
        "subset, with 95 % intervals. Seeds, seeds × cases and test cases: for new seeds and new patients. Of the "
        "mean: share of the variance of the mean over the n seeds that comes from the test cases; where it is large, "
        "more test images help and more seeds do not.",
        ("task", "model", "strategy", "N", "n", "patients", "on this test set", "subset", "training", "seeds",
         "seeds × cases", "test cases", "of the mean"),
        tuple(row for curve in curves for row in _rows(curve)),
        strategy_column=2,
        number_columns=frozenset(range(3, 13)),
    )  # fmt: skip


def _rows(curve: CurveFit) -> list[tuple[str, ...]]:
    points, shares = {point.size: point for point in curve.points}, splits(curve)
    return [
        (*curve.key, *_cells(components, points[components.size], shares.get(components.size)))
        for components in curve.components
        if components.spread is not None
    ]


def _cells(components: Components, point: SizePoint, shares: Split | None) -> tuple[str, ...]:
    mean = point.mean
    observed = (
        _per_cent(None if components.spread is None else components.spread / mean**2),
        _with_ends(components.subset, components.subset_interval, mean),
        _with_ends(components.training, components.training_interval, mean),
    )
    parts = (shares.seeds, shares.both, shares.cases) if shares else (None, None, None)
    whole = shares.of_mean(point.subsets) if shares else None
    return (
        str(components.size),
        str(components.trials),
        NONE if components.patients is None else str(components.patients),
        *observed,
        *map(_per_cent, parts),
        f"{100 * whole.cases / whole.total:.0f} %" if whole and whole.total else NONE,
    )


def _with_ends(variance: float | None, interval: Interval | None, mean: float) -> str:
    if variance is None or interval is None:
        return _per_cent(None if variance is None else variance / mean**2)
    low, high = (_per_cent(end / mean**2).removesuffix(" %") for end in (interval.low, interval.high))
    return f"{_per_cent(variance / mean**2)} [{low}, {high}]"


def _per_cent(relative_variance: float | None) -> str:
    """The standard deviation in two digits: 0.99 %, 4.2 %, 130 %."""
    if relative_variance is None:
        return NONE
    per_cent = 100 * math.sqrt(relative_variance)
    digits = f"{per_cent:#.2g}" if per_cent < 99.5 else f"{float(f'{per_cent:.2g}'):.0f}"
    return digits.rstrip(".") + " %"
