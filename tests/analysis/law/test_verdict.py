"""Verdicts follow their rules in order, word for word."""

from types import SimpleNamespace

import numpy as np
import pytest

from segaug.analysis.interval import Interval
from segaug.analysis.law.fit import fit_curve
from segaug.analysis.law.lack_of_fit import LackOfFit
from segaug.analysis.law.misfit import Misfit
from segaug.analysis.law.verdict import failed_conditions, verdict
from segaug.analysis.law.weighted_law import Estimate
from tests.analysis.simulated import trials

SIZES = 2.0 ** np.arange(6)
FITS, REJECTED = LackOfFit(2.0, 3, 0.5), LackOfFit(30.0, 3, 1e-5)
C, B = Interval(0.0123456, 0.0567), Interval(0.4, 0.7)


def judged(low, high, sizes=SIZES, lack_of_fit=FITS, b=B, replicated=True, first=0.0, c=C):
    """Verdict on a fit of which only what it looks at is there.

    first: low end of E at the smallest size.  c: interval of the floor at the level of what is stated.
    """
    intervals = {"floor_share": Interval(low, high), "b": b}
    estimates = {name: Estimate(0.0, interval) for name, interval in intervals.items()}
    data = SimpleNamespace(sizes=sizes, replicated=replicated)

    def error(size):
        return Estimate(0.0, Interval(first, 1.0) if size == sizes[0] else Interval(0.05, 0.06))

    others = {"misfit": Misfit(0.0123, -0.04, 8.0), "at_level": lambda level: SimpleNamespace(floor=c)}
    return verdict(SimpleNamespace(data=data, lack_of_fit=lack_of_fit, error=error, **estimates, **others))


@pytest.mark.parametrize(
    ("low", "high", "floor", "reason"),
    [
        (0.9, 1.0, "flat", "no measurable improvement from data in this range"),
        (0.05, 0.9, "identified", "if the law holds, the floor is between 0.0123 and 0.0567"),
        (0.049, 0.5, "bounded", "a floor is not needed; if there is one it is below 0.0567"),
        (0.049, 0.51, "not_identifiable", "these data cannot tell a floor from a slower decay"),
    ],
)
def test_floor(low, high, floor, reason):
    found = judged(low, high)
    assert (found.floor, found.reason) == (floor, reason)


@pytest.mark.parametrize(
    ("c", "reason"),
    [
        (Interval(0.0, 0.0567), "a floor fits better than none; if the law holds, it is below 0.0567"),
        (Interval(0.0, np.inf, open_high=True), "a floor fits better than none"),
    ],
)
def test_a_floor_whose_wider_interval_reaches_zero_is_only_said_to_be_below(c, reason):
    assert judged(0.06, 0.9, c=c).reason == reason


def test_what_is_stated_of_a_floor_holds_where_it_is_stated():
    """Floors that are found in a fifth of studies: their 95 % intervals, picked for being high, hold less often."""
    rng, sizes, plain, stated = np.random.default_rng(7), 2.0 ** np.arange(2, 8), [], []
    for _ in range(200):
        fit = fit_curve(sizes, trials(rng, sizes, 0.8, 0.2, 10))
        if fit.verdict.floor == "identified":
            plain.append(fit.default.floor.interval.low <= 0.02 <= fit.default.floor.interval.high)
            stated.append(fit.stated_floor.low <= 0.02 <= fit.stated_floor.high)
    assert 20 < len(stated) < 100
    assert np.mean(stated) > 0.93
    assert np.mean(stated) >= np.mean(plain)


@pytest.mark.parametrize(("first", "floor"), [(0.06, "flat"), (0.061, "identified")])
def test_a_curve_that_fell_and_levelled_off_is_not_flat(first, floor):
    found = judged(0.9, 1.0, first=first)
    assert found.floor == floor
    assert ("levelled off" in found.reason) is (floor == "identified")


def test_a_law_that_does_not_fit_says_nothing_about_floor_or_exponent():
    found = judged(0.3, 0.4, lack_of_fit=REJECTED)
    assert (found.floor, found.exponent) == ("law_rejected", "not_identifiable")
    assert found.reason == (
        "the three-parameter law does not fit (off by 1.2 % beyond noise, by -4.0 % at N = 8); no floor is stated"
    )


@pytest.mark.parametrize(
    ("sizes", "few"),
    [([1, 2, 4], True), ([8, 16, 32, 63], True), ([8, 16, 32, 64], False), ([8, 9, 10, 11, 12], False)],
)
def test_too_few_sizes(sizes, few):
    found = judged(0.3, 0.4, sizes=np.array(sizes, dtype=float))
    assert (found.floor == "too_few_sizes") is few
    if few:
        assert (found.reason, found.exponent) == ("needs at least 4 sizes over a factor of 8", "not_identifiable")


@pytest.mark.parametrize(
    ("b", "identified"),
    [
        (Interval(0.4, 0.8), True),
        (Interval(0.4, 0.81), False),
        (Interval(2.5, 4, open_high=True), False),
        (Interval(0.01, 0.015, open_low=True), False),
    ],
)
def test_exponent(b, identified):
    assert (judged(0.1, 0.4, b=b).exponent == "identified") is identified


def test_three_sizes_are_too_few_whether_the_law_fits_or_not():
    assert judged(0.3, 0.4, sizes=SIZES[:3], lack_of_fit=REJECTED).floor == "too_few_sizes"


def test_without_repeated_trials_there_is_no_verdict():
    found = judged(0.3, 0.4, lack_of_fit=LackOfFit(2.0, 3, None), replicated=False)
    assert (found.floor, found.exponent) == ("not_identifiable", "not_identifiable")
    assert "repeated" in found.reason


CLAIM = {
    "factor": 4.0, "sizes": SIZES, "lack_of_fit": FITS, "holdout_passed": True, "value": 0.1,
    "interval": Interval(0.08, 0.13),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        ({}, ""),
        ({"factor": 4.1}, "4 times"),
        ({"sizes": SIZES[1:]}, "6 sizes over a factor of 32"),
        ({"sizes": np.arange(1, 7.0)}, "6 sizes over a factor of 32"),
        ({"lack_of_fit": LackOfFit(9, 3, 0.049)}, "lack of fit"),
        ({"lack_of_fit": LackOfFit(9, 3, None)}, "lack of fit"),
        ({"holdout_passed": False}, "predicted by the others"),
        ({"holdout_passed": None}, "predicted by the others"),
        ({"interval": Interval(0.08, 0.1301)}, "within 25%"),
        ({"interval": Interval(0.1, 0.11, open_high=True)}, "within 25%"),
    ],
)
def test_each_condition_of_a_claim(change, failed):
    found = failed_conditions(**CLAIM | change)
    assert len(found) == bool(failed)
    assert failed in "".join(found)
