"""What a comparison of one strategy with its baseline holds."""

import math
from dataclasses import dataclass, replace

from segaug.analysis.comparison.effect import Effect
from segaug.analysis.comparison.equivalent_data import EquivalentData
from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.law.weighted_law import Estimate
from segaug.analysis.metric import Metric
from segaug.analysis.trials.curve_trials import CurveKey


@dataclass(frozen=True)
class Ratio:
    """Expected error of the strategy over that of the baseline, by means over the same seeds; below 1 is better."""

    log: Effect  # of its logarithm
    other_cases: Interval | None  # of the ratio with new seeds and new test cases; None where cases are not known

    @property
    def value(self) -> float:
        """Ratio of mean errors, over sizes their geometric mean; NaN without a pair."""
        return math.exp(self.log.mean)

    @property
    def interval(self) -> Interval | None:
        """With new seeds on this test set; an end without a bound is open, 0 or infinite."""
        interval = self.log.interval
        return interval and replace(interval, low=math.exp(interval.low), high=math.exp(interval.high))


@dataclass(frozen=True, kw_only=True)
class SizeComparison:
    """One size, over the seeds with a converged trial of both."""

    size: int
    baseline: float  # mean error
    strategy: float
    ratio: Ratio
    difference: Effect  # strategy minus baseline, in the unit of the error
    p_holm: float  # of the t test, adjusted for all strategies and sizes of the task and model; NaN where untested
    p_max_t: float  # of the sign flips, adjusted for the same
    correlation: float  # of the two errors over seeds; NaN where unknown
    rms_px: float  # how far the strategy's own stage moves pixels; NaN: it does not, or nobody measured it

    @property
    def significant(self) -> bool:
        """After Holm's correction."""
        return self.p_holm < 1 - LEVEL


@dataclass(frozen=True)
class Overall:
    """All sizes with at least two pairs together, each counting alike: the primary test of a strategy."""

    ratio: Ratio
    sizes: tuple[int, ...]
    p_holm: float  # of the t test, adjusted for all strategies of the task and model


@dataclass(frozen=True)
class PairedDivergence:
    """How often trials diverged, over the pairs in which both came to an end."""

    sizes: tuple[int, ...]
    pairs: tuple[int, ...]  # at each size
    baseline: tuple[int, ...]  # diverged
    strategy: tuple[int, ...]
    p: float  # exact McNemar test over all sizes: do they diverge equally often?
    matters: bool  # a rate above 10 %, or one that differs
    as_constant: Ratio | None  # the overall ratio if diverged trials count as constant predictions; None: none did

    @property
    def any(self) -> bool:
        """Did any trial diverge?"""
        return sum(self.baseline) + sum(self.strategy) > 0


@dataclass(frozen=True)
class ShapeDifference:
    """Strategy minus baseline; only where the exponents of both are identified."""

    b: Estimate
    floor_share: Estimate


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One strategy of one task and model."""

    key: CurveKey
    baseline: str
    metric: Metric | None  # None: the errors of a table from elsewhere
    sizes: tuple[SizeComparison, ...]  # those with a pair
    overall: Overall
    equivalent: EquivalentData
    divergence: PairedDivergence
    shape: ShapeDifference | None
    sees: str  # data that the strategy was allowed to see; "" where that is not known
    baseline_sees: str
    notes: tuple[str, ...]  # whatever is peculiar about it, in plain words

    @property
    def saw_more(self) -> bool:
        """Was it allowed to see data that the baseline was not?  Then better augmentation is not the only reason."""
        return bool(set(self.sees.split(", ")) - set(self.baseline_sees.split(", ")) - {""})


@dataclass(frozen=True)
class Comparisons:
    """All of a study."""

    found: tuple[Comparison, ...]
    without_baseline: tuple[CurveKey, ...]  # curves of a task and model that have no trial of the baseline
    not_measured: str = ""  # which curves lack the metric, in how many trials
