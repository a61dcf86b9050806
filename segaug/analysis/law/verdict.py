"""What may be said about the floor c, the exponent b and the error beyond the data: rules fixed before any result.

The thresholds are calibrated by simulation (measured: benchmarks/coverage.py): of the curves without a floor, 1-2 %
are said to have one.  Numbers in a sentence are at the levels of `stated`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from segaug.analysis.interval import Interval
from segaug.analysis.law.lack_of_fit import TESTABLE_SIZES, LackOfFit
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.stated import bounded_floor, identified_floor
from segaug.analysis.law.weighted_law import LawFit

READABLE_SIZES = 4  # for a law to be read: three are as many as it has parameters
_MIN_RANGE_OF_FOUR = 8.0  # factor that four sizes have to span
FLAT, IDENTIFIED, BOUNDED = 0.90, 0.05, 0.50  # limits on the ends of the interval of the floor's share
EXPONENT_RATIO = 2.0
CLAIMED_FACTOR = 4  # nothing is claimed beyond so many times the largest size
_CLAIMED_RANGE = 32.0  # factor that the sizes behind a claim have to span
_CLAIMED_HALF_WIDTH = 0.25  # of the estimate

Floor = Literal["law_rejected", "too_few_sizes", "flat", "identified", "bounded", "not_identifiable"]
Exponent = Literal["identified", "not_identifiable"]
_UNREADABLE: tuple[Floor, ...] = ("law_rejected", "too_few_sizes")
ENOUGH_SIZES = f"at least {READABLE_SIZES} sizes over a factor of {_MIN_RANGE_OF_FOUR:g}"
TOO_FEW_SIZES = f"needs {ENOUGH_SIZES}"
NOT_IDENTIFIABLE = "these data cannot tell a floor from a slower decay"


@dataclass(frozen=True)
class Verdict:
    """May the floor and the exponent be read?  The reason is a sentence about the floor."""

    floor: Floor
    exponent: Exponent
    reason: str

    @property
    def law_readable(self) -> bool:
        """Is there a law that fits and has enough sizes?  Else nothing is read from it."""
        return self.floor not in _UNREADABLE


NO_LAW = Verdict("too_few_sizes", "not_identifiable", TOO_FEW_SIZES)  # of a curve with one or two sizes


def too_few_sizes(sizes: Array) -> bool:
    """Too few, or four that lie too close together, for anything about the law to be read."""
    return len(sizes) < READABLE_SIZES or (len(sizes) == READABLE_SIZES and sizes[-1] < _MIN_RANGE_OF_FOUR * sizes[0])


def verdict(fit: LawFit) -> Verdict:
    """The first rule that applies."""
    floor, reason = _floor(fit)
    readable = fit.data.replicated and floor not in _UNREADABLE
    return Verdict(floor, _exponent(fit.b.interval) if readable else "not_identifiable", reason)


def without_claim(stated: Verdict, failed: Sequence[str]) -> Verdict:
    """The verdict where the trials do not meet conditions of claims beyond the data; any word on a floor is one."""
    if failed and stated.floor in ("identified", "bounded", "not_identifiable"):
        return replace(stated, floor="not_identifiable", reason=f"no floor is stated without {' and '.join(failed)}")
    return stated


def _floor(fit: LawFit) -> tuple[Floor, str]:
    share = fit.floor_share.interval
    if len(fit.data.sizes) >= READABLE_SIZES and fit.lack_of_fit.rejected:
        return "law_rejected", f"the three-parameter law does not fit ({fit.misfit}); no floor is stated"
    if too_few_sizes(fit.data.sizes):
        return "too_few_sizes", TOO_FEW_SIZES
    if not fit.data.replicated:
        return "not_identifiable", f"{NOT_IDENTIFIABLE}: no trial was repeated with another seed"
    if share.low >= FLAT and not _falls(fit):
        return "flat", "no measurable improvement from data in this range"
    if share.low >= IDENTIFIED:
        levelled = "the error has levelled off; " if share.low >= FLAT else ""
        return "identified", levelled + _where(identified_floor(fit))
    if share.high <= BOUNDED:
        return "bounded", "a floor is not needed" + _below("if there is one it is", bounded_floor(fit))
    return "not_identifiable", NOT_IDENTIFIABLE


def _where(floor: Interval) -> str:
    if floor.low > 0 and not floor.open_high:
        return f"if the law holds, the floor is between {floor.low:.3g} and {floor.high:.3g}"
    return "a floor fits better than none" + _below("if the law holds, it is", floor)


def _below(words: str, floor: Interval) -> str:
    """Nothing where the data leave the end open."""
    return "" if floor.open_high else f"; {words} below {floor.high:.3g}"


def _falls(fit: LawFit) -> bool:
    """Is the error at the largest size clearly below that at the smallest?"""
    first, last = (fit.error(float(fit.data.sizes[place])).interval for place in (0, -1))
    return first.low > last.high


def _exponent(b: Interval) -> Exponent:
    closed = not (b.open_low or b.open_high)
    return "identified" if closed and b.high <= EXPONENT_RATIO * b.low else "not_identifiable"


def failed_conditions(
    factor: float, sizes: Array, lack_of_fit: LackOfFit, holdout_passed: bool | None, value: float, interval: Interval
) -> tuple[str, ...]:
    """Why E(factor Nmax) must not be claimed; empty where it may be.

    holdout_passed: None where there was no such check.  value, interval: of E(factor Nmax).
    """
    width = interval.high - interval.low
    conditions = {
        f"at least {TESTABLE_SIZES} sizes over a factor of {_CLAIMED_RANGE:g}": len(sizes) >= TESTABLE_SIZES
        and sizes[-1] >= _CLAIMED_RANGE * sizes[0],
        "a law that fits (lack of fit p >= 0.05)": lack_of_fit.p is not None and not lack_of_fit.doubtful,
        "the largest size predicted by the others": holdout_passed is True,
        f"at most {CLAIMED_FACTOR} times the largest size": factor <= CLAIMED_FACTOR,
        f"an interval within {_CLAIMED_HALF_WIDTH:.0%} of the estimate": not interval.open_high
        and width <= 2 * _CLAIMED_HALF_WIDTH * value,
    }
    return tuple(condition for condition, holds in conditions.items() if not holds)
