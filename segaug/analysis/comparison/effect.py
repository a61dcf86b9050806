"""An effect over seeds with its interval and tests, and that of plain differences."""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr, stdtrit

from segaug.analysis.comparison.sign_flips import flip_p, varied
from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.law.power_law import Array


@dataclass(frozen=True)
class Effect:
    """What n pairs say of a difference, or of the logarithm of a ratio."""

    pairs: int
    mean: float  # NaN without a pair
    interval: Interval | None  # None with one pair at a size, without spread, and where neither end has a bound
    p_t: float  # paired t test of "no difference"; NaN with one pair or the same difference on all, 1 where it is 0
    p_flip: float  # sign flips; NaN without a pair

    @property
    def negated(self) -> "Effect":
        """Of the differences with the other sign: those of a score, where these are of its error, 1 - score."""
        return replace(self, mean=-self.mean, interval=self.interval and self.interval.negated)

    @property
    def disagree(self) -> bool:
        """Do the two tests fall on different sides of 1 - LEVEL?"""
        return math.isfinite(self.p_t) and (self.p_t < 1 - LEVEL) != (self.p_flip < 1 - LEVEL)


NO_PAIR = Effect(0, math.nan, None, math.nan, math.nan)


def effect(differences: Array) -> Effect:
    """The mean of paired differences; (S,), NaN where a seed has no pair."""
    present = differences[np.isfinite(differences)]
    pairs, p_flip = len(present), flip_p(present)
    mean = float(present.mean()) if pairs else math.nan
    if not varied(present[:, None])[0]:
        return Effect(pairs, mean, None, 1.0 if pairs > 1 and not present.any() else math.nan, p_flip)
    error = float(present.std(ddof=1)) / math.sqrt(pairs)
    half = float(stdtrit(pairs - 1, 0.5 + LEVEL / 2)) * error
    p_t = 2 * float(stdtr(pairs - 1, -abs(mean) / error))
    return Effect(pairs, mean, Interval(mean - half, mean + half, method="t"), p_t, p_flip)
