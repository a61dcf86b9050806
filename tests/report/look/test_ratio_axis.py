"""Ticks of ratios: few, within the range, 1 among them, and even."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segaug.report.look.ratio_axis import ratio_axis, ratio_ticks
from segaug.report.look.theme import new_figure


@given(low=st.floats(1e-6, 0.9), high=st.floats(1.11, 1e6))
def test_ticks_are_few_and_hold_one(low: float, high: float) -> None:
    ticks = ratio_ticks(low, high)
    assert 1.0 in ticks
    assert len(ticks) <= 7
    assert low <= min(ticks)
    assert max(ticks) <= high
    assert sorted(ticks) == ticks


def test_narrow_ranges_get_plain_decimals() -> None:
    assert ratio_ticks(0.7, 1.2) == [0.7, 0.8, 0.9, 1.0, 1.1, 1.2]
    assert ratio_ticks(0.25, 4) == [0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0]


def test_wide_ranges_get_powers_of_two_four_ten_a_hundred() -> None:
    assert ratio_ticks(0.1, 10) == [0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0]
    assert ratio_ticks(0.01, 100) == [0.015625, 0.0625, 0.25, 1.0, 4.0, 16.0, 64.0]
    assert ratio_ticks(1e-3, 1e3) == [1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0, 1e3]
    assert ratio_ticks(1e-6, 1e6) == [1e-6, 1e-4, 1e-2, 1.0, 1e2, 1e4, 1e6]


def test_what_is_shown_and_one_are_on_the_axis() -> None:
    axes = new_figure(2, 2).subplots()
    ratio_axis(axes, 1.3, 2.0)
    bottom, top = axes.get_ylim()
    assert bottom < 1 < 1.3 < 2.0 < top
    assert np.isfinite([bottom, top]).all()
