"""From records to curves: per-size statistics, the published fit and its bootstrap intervals."""

from dataclasses import dataclass

from segaug.analysis.bootstrap import Bootstrap
from segaug.analysis.metric import Metric
from segaug.analysis.power_law import Array, PowerLaw


@dataclass(frozen=True, kw_only=True)
class SizePoint:
    """The trials of one curve at one training size; errors are in the unit of the curve's metric."""

    size: int  # N, labelled training images; each trial has cost `validation_labels` more
    n: int  # trials in the fit
    mean: float
    sd: float | None  # over trials, divisor n - 1; None for one trial
    se: float | None  # of the mean
    values: tuple[tuple[int, float], ...]  # (seed, error), by seed
    validation_labels: int
    constant: float | None  # error of the best constant prediction; None where the metric has none (1-dice)
    atlas: float  # error of the mean training mask, mean over the trials


@dataclass(frozen=True, kw_only=True)
class Band:
    """Pointwise interval of E(N) on a dense grid over the measured sizes; all (g,)."""

    sizes: Array
    low: Array
    high: Array


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Unweighted least squares over all trials of one curve."""

    law: PowerLaw
    pure: PowerLaw  # the same with c = 0
    sizes: Array  # (m,)
    counts: Array  # (m,) trials per size
    residuals: Array  # (m,) size mean minus law
    rss: float  # over all trials
    r2: float  # share of the variation between the size means that the law explains
    aic_gain: float  # AIC of the pure law minus AIC of the law; > 0 speaks for a floor
    b_at_bound: bool  # b ended at a limit of the search: read it as "at most" or "at least"
    bootstrap: Bootstrap | None  # None with a single seed
    floor_identified: bool  # the interval of c exists and excludes 0
    bc_correlation: float | None  # of b and c over the resamples; None where one of them never varies


@dataclass(frozen=True, kw_only=True)
class CurveFit:
    """One (task, model, strategy): what was measured and, where possible, its law."""

    task: str
    model: str
    strategy: str
    metric: Metric
    points: tuple[SizePoint, ...]  # by size; sizes without a usable trial are not in it
    fit: Fit | None  # None below MIN_SIZES sizes
    band: Band | None  # None without intervals
    n_diverged: int  # trials left out of points and fit
    note: str  # whatever is peculiar about this curve, in plain words; "" if nothing is
