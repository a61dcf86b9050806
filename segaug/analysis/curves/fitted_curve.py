"""One curve: what was measured, its law where there is one, and how far it may be believed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from segaug.analysis.curves.measured_curve import MeasuredCurve
from segaug.analysis.curves.notes import notes
from segaug.analysis.curves.population import Population
from segaug.analysis.curves.size_point import SizeState
from segaug.analysis.curves.variance import Components, components
from segaug.analysis.law.fit import Fit, Flag
from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.power_law import PowerLaws
from segaug.analysis.law.verdict import NO_LAW, Verdict
from segaug.analysis.law.weighted_law import MIN_SIZES, Band, Estimate, fit_law
from segaug.analysis.metric import Metric
from segaug.analysis.trials.case_grid import CaseGrid
from segaug.analysis.trials.divergence import with_constant


@dataclass(frozen=True, kw_only=True, eq=False)
class CurveFit(MeasuredCurve):
    """One (task, model, strategy): what was measured and, where possible, its law."""

    metric: Metric | None  # None: the errors of a table from elsewhere
    states: tuple[SizeState, ...]  # every size
    grid: CaseGrid | None  # errors of single test cases, where there are any
    reference_size: float  # the middle size of the study, at which its curves are compared
    fit: Fit | None  # None below three sizes
    seed_laws: PowerLaws | None  # laws of draws of seeds, shared by the strategies of a (task, model)
    population: Population | None  # None without errors of single test cases
    flags: frozenset[Flag]

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Whatever is peculiar about this curve, in plain words."""
        return (*notes(self.trials, self.fit), *self._on_divergence(), *self._on_patients())

    def _on_divergence(self) -> Iterator[str]:
        if other := self.sensitivity:
            size = self.trials.sizes[-1]
            plain = self.error(size)
            otherwise = f"else {plain.value:.3g}" if plain else "else nothing is known there"
            yield f"if diverged trials count as constant predictions, E(N={size:.0f}) is {other.value:.3g}, {otherwise}"
        if "divergence_matters" in self.flags:
            yield "divergence matters: over 10 % at some N, or not as often as with another strategy"

    def _on_patients(self) -> Iterator[str]:
        if self.population and "few_cases" in self.flags:
            yield f"{self.population.patients} test patients: intervals for other patients are rough"

    @property
    def note(self) -> str:
        """All notes as one line; "" if there is none."""
        return "; ".join(self.notes)

    @property
    def verdict(self) -> Verdict:
        """What may be said about floor and exponent."""
        return self.fit.verdict if self.fit else NO_LAW

    @cached_property
    def sensitivity(self) -> Estimate | None:
        """E at the largest size if diverged trials count as constant predictions; None where none did, or is known."""
        trials = self.trials
        if not trials.count("diverged").any() or not np.isfinite(trials.constant):
            return None
        values = trials.by_subset(with_constant(trials.errors, trials.status, trials.constant))
        data = weighted_means(trials.sizes, values, nested=trials.nested)
        if self.fit is not None and np.array_equal(data.sizes, self.fit.data.sizes):
            # One constant makes its size noisy, which would take the weight from just the size that it changes.
            known = self.fit.data
            data = replace(data, trial_variance=known.trial_variance, precision=known.precision, noise=known.noise)
        return fit_law(data).error(data.sizes[-1]) if len(data.sizes) >= MIN_SIZES else None

    @cached_property
    def components(self) -> tuple[Components, ...]:
        """Variance by source, at each size of `points`."""
        return tuple(components(self.trials.usable(), self.grid))

    @property
    def band(self) -> Band | None:
        """Of the law."""
        return self.fit.default.band if self.fit else None

    @property
    def n_diverged(self) -> int:
        """Trials left out of points and law."""
        return sum(state.diverged for state in self.states)

    def error(self, size: float) -> Estimate | None:
        """E of the law within the measured sizes; without a law the mean, if there are several trials of that size."""
        if self.fit is not None:
            inside = self.points[0].size <= size <= self.points[-1].size
            return self.fit.error(size) if inside else None
        at_size = [point for point in self.points if point.size == size and point.interval]
        return Estimate(at_size[0].mean, at_size[0].interval) if at_size and at_size[0].interval else None
