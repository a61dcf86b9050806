"""E(N) beyond the data: always shown, seldom claimed.

Even a claim holds only if the law does: a curve that bends near the end of the data passes every check
(measured: benchmarks/coverage.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from segaug.analysis.interval import Interval
from segaug.analysis.law.holdout import Holdout
from segaug.analysis.law.verdict import failed_conditions
from segaug.analysis.law.weighted_law import LawFit

FACTORS = (2, 4)


@dataclass(frozen=True)
class Extrapolation:
    """E at a multiple of the largest size, conditional on the law."""

    factor: float
    size: float
    value: float
    interval: Interval
    failed_conditions: tuple[str, ...]  # of a claim

    @property
    def claimed(self) -> bool:
        """Do the data carry it?"""
        return not self.failed_conditions


def extrapolate(fit: LawFit, check: Holdout | None, factor: float, failed: Sequence[str] = ()) -> Extrapolation:
    """E(factor Nmax), and whether it may be claimed; failed: conditions that its trials do not meet."""
    size = factor * fit.max_size
    estimate = fit.error(size)
    of_fit = failed_conditions(
        factor, fit.data.sizes, fit.lack_of_fit, check.passed if check else None, estimate.value, estimate.interval
    )
    return Extrapolation(factor, size, estimate.value, estimate.interval, (*failed, *of_fit))
