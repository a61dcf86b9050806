"""The networks of one curve on two test sets: of the site that they were trained at, and of another one.

The same networks are scored on both, so that seeds are pairs; the patients of the two sites are drawn each by itself.
Words are those of `comparison`, with inside in the place of a baseline, and outside in that of a strategy.

Shapes: S seeds, m sizes, B draws.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.comparison.comparison import Ratio
from segaug.analysis.comparison.effect import NO_PAIR, Effect, effect
from segaug.analysis.comparison.paired import Pairing
from segaug.analysis.comparison.paired_population import drawn_differences, drawn_log_ratios, ratio_interval
from segaug.analysis.comparison.ratio_of_means import relative_differences
from segaug.analysis.comparison.shared_grid import PlacedCurve
from segaug.analysis.interval import Interval
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import percentile_interval


@dataclass(frozen=True, eq=False)
class SitePair:
    """On the grid of their task and model."""

    sizes: Array  # (m,)
    inside: PlacedCurve
    outside: PlacedCurve

    @cached_property
    def pairing(self) -> Pairing:
        """Errors of the same networks side by side."""
        return Pairing(self.sizes, self.inside.compared.values, self.outside.compared.values)

    @cached_property
    def columns(self) -> NDArray[np.intp]:
        """Of the grid, that have a network."""
        return np.flatnonzero(self.pairing.pairs > 0)

    @property
    def patients(self) -> tuple[int, int] | None:
        """Inside and outside; None where the errors of single images are not known on both."""
        cases = self.inside.cases, self.outside.cases
        return (cases[0].patient_count, cases[1].patient_count) if cases[0] and cases[1] else None

    def ratio(self, column: int) -> Ratio:
        """Error outside over that inside, at one size."""
        return Ratio(self.pairing.single[column], self._ratio_interval([column]))

    def overall(self) -> Ratio:
        """Over all sizes with two networks, each counting alike."""
        return Ratio(self.pairing.overall, self._ratio_interval(self.pairing.tested.tolist()))

    def difference(self, column: int) -> tuple[Effect, Interval | None]:
        """Error outside minus that inside; and with other patients of both sites, too."""
        places = self._places([column])
        drawn = self.drawn("difference") if places else None
        other = None if drawn is None else percentile_interval(drawn[:, places[0]], "case_population")
        return effect(self.pairing.differences[:, column]), other

    def drawn(self, what: Literal["ratio", "difference"]) -> Array | None:
        """Log ratios or differences of each draw of seeds and of patients of both, at `pairing.tested`: (B, m')."""
        on_cases = self.inside.on_drawn_cases, self.outside.on_drawn_cases
        columns, patients = self.pairing.tested, self.patients
        if on_cases[0] is None or on_cases[1] is None or not len(columns) or patients is None:
            return None
        of = drawn_log_ratios if what == "ratio" else drawn_differences
        return of(
            (on_cases[0][:, :, columns], on_cases[1][:, :, columns]),
            (self.pairing.baseline[:, columns], self.pairing.strategy[:, columns]),
            self.inside.drawn.seeds.counts,
            min(patients),
        )

    def only(self, kept: NDArray[np.bool_]) -> "SitePair":
        """Of these networks alone, (S, m)."""
        return SitePair(self.sizes, *(_only(curve, kept) for curve in (self.inside, self.outside)))

    def _ratio_interval(self, columns: list[int]) -> Interval | None:
        places = self._places(columns)
        drawn = self.drawn("ratio") if places else None
        return None if drawn is None else ratio_interval(drawn[:, places].mean(axis=1))

    def _places(self, columns: list[int]) -> list[int]:
        """Among the sizes that are drawn; none where one of these is not."""
        tested = self.pairing.tested.tolist()
        return [tested.index(column) for column in columns] if set(columns) <= set(tested) else []


def ratio_of_falls(baseline: SitePair, strategy: SitePair, columns: list[int]) -> Ratio:
    """The fall of a strategy over that of the baseline, over these sizes: below 1 the strategy falls less.

    A fall is the ratio of the error outside to that inside; both are of the seeds that have all four errors at each of
    these sizes.  The interval over seeds is that of the paired t test of what each seed adds to the log ratio, to first
    order.
    """
    kept = np.zeros_like(baseline.pairing.present)
    both = baseline.pairing.present[:, columns] & strategy.pairing.present[:, columns]
    kept[:, columns] = both.all(axis=1, keepdims=True)
    pairs = [pair.only(kept) for pair in (baseline, strategy)]
    if not kept.any():
        return Ratio(NO_PAIR, None)
    logs = [_log_ratio(pair.pairing, columns) for pair in pairs]
    added = [relative_differences(pair.pairing.baseline, pair.pairing.strategy)[:, columns] for pair in pairs]
    over_seeds = effect((added[1] - added[0]).mean(axis=1) + logs[1] - logs[0])
    drawn = [pair.drawn("ratio") for pair in pairs]
    known = None if drawn[0] is None or drawn[1] is None else drawn[1] - drawn[0]
    return Ratio(over_seeds, None if known is None else ratio_interval(known.mean(axis=1)))


def _log_ratio(pairing: Pairing, columns: list[int]) -> float:
    """Mean over the sizes."""
    means = [np.nanmean(errors[:, columns], axis=0) for errors in (pairing.baseline, pairing.strategy)]
    return float(np.log(means[1] / means[0]).mean())


def _only(curve: PlacedCurve, kept: NDArray[np.bool_]) -> PlacedCurve:
    compared = replace(curve.compared, values=np.where(kept, curve.compared.values, np.nan))
    return replace(curve, compared=compared)
