"""Cells of a fitted law: as much of each number as its verdict allows, wherever it is shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.interval import Interval
from segaug.analysis.law.extrapolation import Extrapolation
from segaug.analysis.law.fit import Fit
from segaug.analysis.law.forms import Alternative
from segaug.analysis.law.published import Published
from segaug.analysis.law.weighted_law import Estimate, LawFit
from segaug.findings.numbers import NONE, from_to, number, p_equals, percent
from segaug.findings.phrases import by_words

NOT_IDENTIFIABLE = "not identifiable from these data"
REJECTED = "not read: law rejected"
SLOPE = "slope: per cent of the error that 1 % more data removes"
STATED = "where b or a floor is stated 99 and 99.5 %, so that it holds in 95 % of the studies in which it is"
TOGETHER = "a, b and c of one curve depend on each other: do not compare them one by one"
LACK_OF_FIT = "how often chance alone would put the means as far from the law"
MISFIT = "off: how far they are, as a share of the law and beyond noise (root mean square)"


@dataclass(frozen=True)
class Cell:
    """A value, "" where none may be read, and what the data bound it by."""

    value: str
    interval: Interval | None = None

    def shown(self, ends: Callable[[Interval], str]) -> str:
        """The interval below the value.  ends: how a medium writes an interval."""
        below = ends(self.interval) if self.interval else ""
        return "\n".join(filter(None, (self.value, below)))


UNREAD = Cell(NONE)


def estimate(known: Estimate) -> Cell:
    """A value that may be read."""
    return Cell(number(known.value), known.interval)


def slope(fit: Fit) -> Cell:
    """At the largest size."""
    return estimate(fit.default.slope)


def exponent(fit: Fit) -> Cell:
    """b: no value where it is not identified, and none at all of a law that is rejected or does not fall."""
    if rejected(fit) or fit.law.a == 0:
        return UNREAD
    stated = fit.stated_exponent
    return Cell(number(fit.law.b), stated) if stated else Cell("", fit.default.b.interval)


def floor(fit: Fit) -> Cell:
    """c: no value where none is stated."""
    if rejected(fit):
        return UNREAD
    stated = fit.stated_floor
    if stated and stated.low > 0:
        return Cell(number(fit.law.c), stated)
    high = stated or fit.default.floor.interval
    return Cell("unknown" if high.open_high else f"≤ {number(high.high)}")


def floor_share(fit: Fit) -> Cell:
    """φ, its share of the error at the largest size."""
    return UNREAD if rejected(fit) else estimate(fit.default.floor_share)


def scale(fit: Fit) -> Cell:
    """a: what was fitted, without an interval where the law is rejected."""
    return Cell(number(fit.law.a), None if rejected(fit) else fit.default.profile.scale)


def beyond(fit: Fit, step: Extrapolation) -> Cell:
    """The error at a size that was not measured."""
    if rejected(fit):
        return Cell(REJECTED)
    return Cell(number(step.value) + ("" if step.claimed else ", not claimed"), step.interval)


def unclaimed(curves: Iterable[CurveFit]) -> dict[str, list[tuple[CurveFit, Extrapolation]]]:
    """What it takes to claim a value beyond the data -> the curves and sizes that lack it."""
    return by_words(
        (condition, (curve, step))
        for curve in curves
        if curve.fit
        for step in curve.fit.extrapolations
        for condition in step.failed_conditions
    )


def rejected(fit: Fit) -> bool:
    """Is nothing to be read from it?"""
    return fit.verdict.floor == "law_rejected"


def lack_of_fit(fit: LawFit) -> tuple[str, ...]:
    """How often chance puts the means as far from the law, and how far they are."""
    p, misfit = fit.lack_of_fit.p, fit.misfit.beyond_noise
    return ("not testable",) if p is None or misfit is None else (p_equals(p), f"off {percent(misfit)}")


def published_numbers(fit: Published) -> tuple[str, str, str, str]:
    """a, b, c and R² of the fit that has no intervals; without a decay b means nothing."""
    law = fit.law
    return number(law.a), number(law.b) if law.a > 0 else NONE, number(law.c), f"{fit.r2:.3f}"


def other_form(form: Alternative, fit: Fit) -> tuple[str, str, str, str]:
    """AICc, weight, distance from the means that were held out, and the error at four times the largest size."""
    held_out = " / ".join(percent(error / fit.data.means[-1]) for error in form.holdout_errors)
    far = form.predict(np.array([4 * fit.default.max_size]))[0]
    return f"{form.aicc:.1f}", f"{form.akaike_weight:.2f}", held_out or NONE, number(float(far))


def trials_per_size(curve: CurveFit) -> str:
    """How many trials each N has."""
    return from_to((point.n for point in curve.points), str)
