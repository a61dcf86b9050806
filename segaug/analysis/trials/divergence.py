"""Trials that did not converge: which, how many, whether that matters, and what they would change.

A record says "diverged" where a loss or a metric was not finite; it says so because nothing else can be computed.
Whether a trial with a finite error counts is decided here, from what the record stores, by one rule for all strategies
and metrics, fixed before any result was seen: it diverged if its recalibrated cross-entropy on the test set (BCE, where
there is one structure) is no better than that of the best constant prediction AND its training loss did not improve.  A
bad error alone is no reason: at small N and under a short schedule it is the normal case.

"Improve" compares the last recorded training loss with the first.  It says little where a network starts far from the
foreground share (protocol.output_bias=zero): one that collapses to a constant prediction has then improved, too, and is
kept, marked `worse_than_constant`.  A stricter rule would also drop trials that merely generalise badly, more of them
for one strategy than for another.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segaug.analysis.distributions import normal_quantile
from segaug.analysis.interval import LEVEL, SIGNIFICANCE, Interval
from segaug.analysis.law.power_law import Array
from segaug.analysis.metric import column
from segaug.measures import cross_entropy

Flags = NDArray[np.bool_]
MATTERS_RATE = 0.10


def status_by_rule(table: pd.DataFrame) -> pd.Series:
    """Status of each trial; table: rows of `trials` with the status of their records.

    Without recalibration (no validation labels) the cross-entropy itself stands for the recalibrated one.
    """
    useless = pd.Series(False, index=table.index)
    for structures in (1, 2):  # a task of several has another cross-entropy, and no trial has both
        plain = cross_entropy(structures)
        if plain.constant not in table:
            continue
        best = column(table, f"{plain.key}_recalibrated_best").fillna(column(table, f"{plain.key}_best"))
        useless |= (best >= column(table, plain.constant)) & ~table["improved"]
    return table["status"].mask((table["status"] == "ok") & useless, "diverged")


@dataclass(frozen=True)
class Rate:
    """How many of the trials that came to an end diverged."""

    diverged: int
    trials: int  # converged and diverged
    interval: Interval  # Wilson; its method is "wilson"

    @property
    def share(self) -> float:
        """Diverged trials in one; 0 where there is no trial."""
        return self.diverged / self.trials if self.trials else 0.0


def rate(diverged: int, trials: int) -> Rate:
    """Rate with its Wilson interval; without trials nothing is known: 0 to 1.

    Source: Wilson (1927), without a correction for continuity.
    """
    if not trials:
        return Rate(0, 0, Interval(0.0, 1.0, method="wilson"))
    share, z = diverged / trials, float(normal_quantile(0.5 + LEVEL / 2))
    both = 2 * (trials + z**2)
    centre, half = (2 * trials * share + z**2) / both, z / both * math.sqrt(4 * trials * share * (1 - share) + z**2)
    low, high = 0.0 if diverged == 0 else centre - half, 1.0 if diverged == trials else centre + half
    return Rate(diverged, trials, Interval(low, high, method="wilson"))


def rates(status: NDArray[np.str_]) -> list[Rate]:
    """Rate at each size; status: (S, m) of one curve, see `CurveTrials`."""
    diverged, ok = (status == "diverged").sum(axis=0), (status == "ok").sum(axis=0)
    return [rate(int(bad), int(bad + good)) for bad, good in zip(diverged, ok, strict=True)]


def mcnemar(first: Flags, second: Flags) -> float:
    """Exact two-sided p-value that two strategies diverge equally often.

    first, second: (n,), did the trials of the same subset, weights and order diverge?  Pairs that agree say nothing.
    Source: McNemar (1947) with the binomial distribution of the discordant pairs.
    """
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    discordant = only_first + only_second
    if not discordant:
        return 1.0
    from scipy.stats import binomtest  # 23 MiB, for the few studies where anything diverged

    return float(binomtest(min(only_first, only_second), discordant).pvalue)


def divergence_matters(by_size: Iterable[Rate], p_values: Iterable[float] = ()) -> bool:
    """Is the rate over 10 % at any size, or does it differ from another strategy's (McNemar p below 5 %)?"""
    return any(at_size.share > MATTERS_RATE for at_size in by_size) or any(p < SIGNIFICANCE for p in p_values)


def with_constant(errors: Array, status: NDArray[np.str_], constant: float) -> Array:
    """Values of the sensitivity analysis: a diverged trial counts as a constant prediction, or as itself if worse.

    errors: (S, m), NaN where there is none.  constant: error of that prediction.  Returns (S, m), NaN where a trial
    failed or is missing.
    """
    replaced = np.fmax(np.where(np.isfinite(errors), errors, constant), constant)
    return np.select([status == "ok", status == "diverged"], [errors, replaced], np.nan)
