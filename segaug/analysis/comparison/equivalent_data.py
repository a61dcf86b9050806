"""What a strategy is worth in data: how many images its baseline needs for the error that the strategy reaches with N.

The factor is N' / N, where N' solves E_baseline(N') = E_strategy(N).  Nothing is claimed outside the sizes at which the
baseline was measured: there an end of the interval is censored.  Exchange rates of data: arXiv 2210.06441.

Two methods: by the laws of both curves (`equivalent_by_law`), and, where a law is not to be trusted, by interpolation
between the sizes (`equivalent_by_interpolation`).

Shapes: m sizes of the strategy, B draws.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from segaug.analysis.comparison.compared_curve import ComparedCurve
from segaug.analysis.comparison.equivalent_by_interpolation import equivalents as interpolated
from segaug.analysis.comparison.equivalent_by_law import BELOW, BEYOND, LawEquivalence
from segaug.analysis.interval import Interval
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import percentile_interval

Method = Literal["law", "interpolation", "none"]
Censored = Literal["none", "low", "high", "both"]
_MIN_SIZES = 2
_FEWEST_TRIALS = 3  # of a size: its spread is then its own, not smoothed over sizes


@dataclass(frozen=True)
class EquivalentSize:
    """The baseline's N' for a strategy at N."""

    size: float  # N
    equivalent: float  # N', 0 or infinite where the baseline does not reach this error at any size
    interval: Interval  # of N'; an open end is 0, or infinite
    smallest: float  # sizes at which the baseline was measured
    largest: float

    @property
    def factor(self) -> float | None:
        """N' / N; None where N' is outside the measured sizes."""
        return self.equivalent / self.size if self.smallest <= self.equivalent <= self.largest else None

    @property
    def claimed(self) -> Interval:
        """Interval of the factor, cut to the measured sizes; an end that was cut is open."""
        low, high = np.clip([self.interval.low, self.interval.high], self.smallest, self.largest) / self.size
        outside_low, outside_high = self.interval.low < self.smallest, self.interval.high > self.largest
        return Interval(float(low), float(high), outside_low, outside_high, self.interval.method, self.interval.target)

    @property
    def censored(self) -> Censored:
        """Which ends of the interval lie outside the measured sizes; an interval wholly outside is on that side."""
        cut = self.claimed
        if cut.open_low and cut.open_high:
            return "both"
        return "low" if cut.open_low else "high" if cut.open_high else "none"

    def __str__(self) -> str:
        """Such as "1.8x [1.4, 2.3]", "1.8x [1.4, more than 2]" or "more than 4x"."""
        cut = self.claimed
        if cut.low >= cut.high:
            return f"{'more' if cut.open_high else 'less'} than {cut.low:.2g}x"
        if self.censored == "both":
            return f"anything from less than {cut.low:.2g}x to more than {cut.high:.2g}x"
        low = f"{'less than ' if cut.open_low else ''}{cut.low:.2g}"
        high = f"{'more than ' if cut.open_high else ''}{cut.high:.2g}"
        outside = "more than " if self.equivalent > self.largest else "less than "
        factor = min(max(self.equivalent, self.smallest), self.largest) / self.size
        return f"{'' if self.factor else outside}{factor:.2g}x [{low}, {high}]"


@dataclass(frozen=True)
class Summary:
    """Geometric mean of the factors over the sizes whose interval is not censored."""

    factor: float
    interval: Interval
    used: int  # how many these are
    censored: int  # how many are left out

    def __str__(self) -> str:
        """Such as "1.8x [1.4, 2.3]"."""
        return f"{self.factor:.2g}x [{self.interval.low:.2g}, {self.interval.high:.2g}]"


@dataclass(frozen=True)
class EquivalentData:
    """One strategy."""

    method: Method
    reason: str  # why not by the laws, or why not at all; "" for the laws
    sizes: tuple[EquivalentSize, ...]
    summary: Summary | None  # None where no size is uncensored


def equivalent_data(baseline: ComparedCurve, strategy: ComparedCurve, correlation: float) -> EquivalentData:
    """What the strategy is worth at each of its sizes.

    correlation: of the two errors over seeds, such as `Pairing.mean_correlation`.
    """
    if refusal := _refusal(baseline, strategy):
        return EquivalentData("none", refusal, (), None)
    smallest, largest = float(baseline.data.sizes[0]), float(baseline.data.sizes[-1])
    worth = _by_law(baseline, strategy, correlation) if baseline.fit else _by_interpolation(baseline, strategy)
    sizes = tuple(
        EquivalentSize(float(size), float(equivalent), interval, smallest, largest)
        for size, equivalent, interval in zip(strategy.data.sizes, worth.equivalents, worth.intervals, strict=True)
    )
    return EquivalentData(worth.method, worth.reason, sizes, _summary(sizes, worth.resampled))


class _Worth(NamedTuple):
    method: Method
    reason: str
    equivalents: Array  # (m,)
    intervals: list[Interval]
    resampled: Array  # (B, m)


def _refusal(baseline: ComparedCurve, strategy: ComparedCurve) -> str:
    if baseline.measured.sum() < _MIN_SIZES:
        return "the baseline needs at least two sizes"
    if not strategy.measured.any():
        return "no trial of the strategy converged"
    if not (baseline.data.replicated and strategy.data.replicated):
        return "both need a size with at least two seeds"
    if baseline.fit is None and min(curve.data.counts.min() for curve in (baseline, strategy)) < _FEWEST_TRIALS:
        return f"{_words(baseline)}, and to interpolate both need at least three seeds at each size"
    return ""


def _words(baseline: ComparedCurve) -> str:
    return f"for the baseline, {baseline.no_law}"


def _by_law(baseline: ComparedCurve, strategy: ComparedCurve, correlation: float) -> _Worth:
    law = LawEquivalence(baseline, strategy, correlation)
    reason = f"the strategy by its means, because {strategy.no_law}" if strategy.no_law else ""
    return _Worth("law", reason, law.equivalents, law.intervals(), law.resampled())


def _by_interpolation(baseline: ComparedCurve, strategy: ComparedCurve) -> _Worth:
    own = interpolated(baseline.data, strategy.data, (baseline.data.means[None], strategy.data.means[None]))[0]
    resampled = interpolated(baseline.data, strategy.data, (baseline.resampled, strategy.resampled))
    intervals = [_open_where_infinite(percentile_interval(column, "this_test_set")) for column in resampled.T]
    return _Worth("interpolation", _words(baseline), own, intervals, resampled)


def _open_where_infinite(interval: Interval) -> Interval:
    return replace(interval, open_low=interval.low <= 0, open_high=math.isinf(interval.high))


def _summary(sizes: tuple[EquivalentSize, ...], resampled: Array) -> Summary | None:
    """resampled: (B, m), N' of draws of seeds; one that is off the range is cut to its end."""
    used = [place for place, size in enumerate(sizes) if size.censored == "none"]
    if not used:
        return None
    first = sizes[0]
    drawn = np.clip(resampled[:, used], first.smallest / BELOW, first.largest * BEYOND)
    size = np.array([sizes[place].size for place in used])
    own = np.clip([sizes[place].equivalent for place in used], first.smallest, first.largest)
    interval = percentile_interval(np.exp(np.log(drawn / size).mean(axis=1)), "this_test_set")
    return Summary(float(np.exp(np.log(own / size).mean())), interval, len(used), len(sizes) - len(used))
