"""Numbers with their intervals as text."""

import math

import pytest

from segaug.analysis.interval import Interval
from segaug.findings.numbers import NONE
from segaug.findings.with_interval import beside_interval, with_interval


@pytest.mark.parametrize(
    ("value", "ends", "text"),
    [
        (0.79704, (0.72399, 0.87745), "0.797 [0.724, 0.877]"),
        (0.71, (0.0711, 7.097), "0.71 [0.07, 7.10]"),
        (0.98, (0.98, 0.98), "0.980 [0.980, 0.980]"),
        (12.0, (0.001, 140.0), "12 [0.001, 1.4e+02]"),
        (0.8182, None, "0.818"),
        (0.79704, (0.31, math.inf), "0.80 [0.31, ∞]"),
        (0.79704, (0.0, 3.1), "0.80 [0.00, 3.10]"),
        (None, (0.72399, 0.87745), "[0.724, 0.877]"),
        (math.nan, None, NONE),
    ],
)
def test_ratios_show_two_digits_of_half_their_width(value, ends, text):
    assert with_interval(value, ends and Interval(*ends), most=3) == text


@pytest.mark.parametrize(
    ("value", "ends", "text"),
    [
        (-0.02704, (-0.0368, -0.0173), "-0.0270 [-0.0368, -0.0173]"),
        (-0.0001, (-0.05, 0.05), "+0.000 [-0.050, +0.050]"),
        (-3.21e-9, (-4e-9, -2e-9), "-3.2e-09 [-4e-09, -2e-09]"),
        (0.0, None, "+0.00000"),
    ],
)
def test_differences_keep_their_sign_whatever_their_unit(value, ends, text):
    assert with_interval(value, ends and Interval(*ends), most=5, sign=True) == text


@pytest.mark.parametrize("ends", [(0.72399, 0.87745), (0.31, math.inf), (0.0, 3.1), None])
def test_two_cells_say_what_one_does(ends):
    interval = ends and Interval(*ends)
    cells = beside_interval(0.79704, interval, most=3)
    assert " ".join(filter(None, cells)) == with_interval(0.79704, interval, most=3)
    assert bool(cells[1]) == bool(interval)
