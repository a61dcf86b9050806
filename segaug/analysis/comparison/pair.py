"""One strategy beside its baseline: what can be said without looking at the other strategies.

Shapes: S seeds, m sizes, B draws.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from segaug.analysis.comparison.comparison import PairedDivergence, Ratio, ShapeDifference
from segaug.analysis.comparison.effect import Effect, effect
from segaug.analysis.comparison.equivalent_data import EquivalentData, equivalent_data
from segaug.analysis.comparison.paired import Pairing
from segaug.analysis.comparison.paired_population import drawn_log_ratios, ratio_interval
from segaug.analysis.comparison.shared_grid import PlacedCurve
from segaug.analysis.interval import Interval
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import percentile_interval
from segaug.analysis.law.verdict import verdict
from segaug.analysis.law.weighted_law import Estimate
from segaug.analysis.trials.divergence import divergence_matters, mcnemar, rate
from segaug.errors import DataError
from segaug.results.states import ENDED


@dataclass(frozen=True, eq=False)
class Pair:
    """Two curves on the same grid."""

    sizes: Array  # (m,)
    baseline: PlacedCurve
    strategy: PlacedCurve

    def __post_init__(self) -> None:
        baseline, strategy = self.baseline.cases, self.strategy.cases
        if baseline and strategy and baseline.cases != strategy.cases:
            raise DataError(
                file=f"curve {self.strategy.trials.key}",
                problem=f"has other test cases than {self.baseline.trials.key}",
                fix="test both on the same",
            )

    @cached_property
    def pairing(self) -> Pairing:
        """Converged trials side by side."""
        return Pairing(self.sizes, self.baseline.compared.values, self.strategy.compared.values)

    @cached_property
    def paired(self) -> np.ndarray:
        """Columns of the grid that have a pair."""
        return np.flatnonzero(self.pairing.pairs > 0)

    def ratio(self, column: int) -> Ratio:
        """At one size."""
        return Ratio(self.pairing.single[column], self._on_other_cases([column]))

    def overall(self) -> Ratio:
        """Of all sizes that can be tested."""
        return Ratio(self.pairing.overall, self._on_other_cases(list(self.pairing.tested)))

    def difference(self, column: int) -> Effect:
        """At one size, in the unit of the error."""
        return effect(self.pairing.differences[:, column])

    def equivalent(self) -> EquivalentData:
        """What the strategy is worth in data."""
        return equivalent_data(self.baseline.compared, self.strategy.compared, self.pairing.mean_correlation)

    def shape(self) -> ShapeDifference | None:
        """Of the laws, from draws of seeds that both share; None unless both exponents are identified."""
        curves = (self.baseline.compared, self.strategy.compared)
        fits = [curve.fit for curve in curves if curve.measured.any()]
        known = [fit for fit in fits if fit and verdict(fit).exponent == "identified"]
        if len(known) < len(curves):
            return None
        size = min(fit.max_size for fit in known)
        (law, other_law), (drawn, other_drawn) = (fit.law for fit in known), (curve.resampled_laws for curve in curves)
        shares = other_drawn.floor_share(size) - drawn.floor_share(size)
        return ShapeDifference(
            b=Estimate(other_law.b - law.b, percentile_interval(other_drawn.b - drawn.b, "this_test_set")),
            floor_share=Estimate(
                other_law.floor_share(size) - law.floor_share(size), percentile_interval(shares, "this_test_set")
            ),
        )

    def divergence(self) -> PairedDivergence:
        """Over the pairs in which both came to an end."""
        ended = np.isin(self.baseline.status, ENDED) & np.isin(self.strategy.status, ENDED)
        diverged = [(curve.status == "diverged") & ended for curve in (self.baseline, self.strategy)]
        columns = np.flatnonzero(ended.any(axis=0))
        pairs, *counts = (flags.sum(axis=0)[columns].tolist() for flags in (ended, *diverged))
        p = mcnemar(diverged[0][ended], diverged[1][ended])
        rates = [rate(count, total) for side in counts for count, total in zip(side, pairs, strict=True)]
        return PairedDivergence(
            sizes=tuple(int(size) for size in self.sizes[columns]),
            pairs=tuple(pairs),
            baseline=tuple(counts[0]),
            strategy=tuple(counts[1]),
            p=p,
            matters=divergence_matters(rates, (p,)),
            as_constant=self._with_constants() if any(map(any, counts)) else None,
        )

    def _with_constants(self) -> Ratio | None:
        """The overall ratio of the sensitivity analysis; None without pairs, or where that error is not known."""
        curves = (self.baseline, self.strategy)
        if not all(np.isfinite(curve.trials.constant) for curve in curves):
            return None
        overall = Pairing(self.sizes, *(curve.with_constant for curve in curves)).overall
        return Ratio(overall, None) if overall.pairs else None

    @cached_property
    def _drawn(self) -> Array | None:
        """Log ratios of each draw of seeds and cases at the sizes with at least two pairs, (B, m'); None: unknown."""
        baseline, strategy, pairing, columns = self.baseline, self.strategy, self.pairing, self.pairing.tested
        if (
            baseline.on_drawn_cases is None
            or strategy.on_drawn_cases is None
            or baseline.cases is None
            or not len(columns)
        ):
            return None
        return drawn_log_ratios(
            (baseline.on_drawn_cases[:, :, columns], strategy.on_drawn_cases[:, :, columns]),
            (pairing.baseline[:, columns], pairing.strategy[:, columns]),
            baseline.drawn.seeds.counts,
            baseline.cases.patient_count,
        )

    def _on_other_cases(self, columns: list[int]) -> Interval | None:
        """Interval of the ratio over some columns of the grid."""
        if self._drawn is None or not columns or not set(columns) <= set(self.pairing.tested.tolist()):
            return None
        places = np.searchsorted(self.pairing.tested, columns)
        return ratio_interval(self._drawn[:, places].mean(axis=1))
