"""Numbers and intervals as text: the same signs wherever an interval is shown."""

import math
import re

import pytest

from segaug.analysis.interval import Interval
from segaug.findings.numbers import NONE, bounded, bracketed, dashed, duration, from_to, number, p_equals, p_value

INTERVALS = [
    Interval(0.1, 0.2),
    Interval(0.1, 4.0, open_low=True),
    Interval(0.1, 4.0, open_high=True),
    Interval(0.01, 4.0, open_low=True, open_high=True),
    Interval(0.0, math.inf, open_low=True, open_high=True),
    Interval(-0.3, 0.2),
    Interval(-math.inf, 1e-9),
]


@pytest.mark.parametrize("interval", INTERVALS)
def test_both_ways_to_write_an_interval_say_the_same(interval):
    low, high = re.fullmatch(r"\[(.*), (.*)\]", bracketed(interval)).groups()
    assert dashed(interval) == f"{low}–{high}".replace(" ", "")


@pytest.mark.parametrize("interval", INTERVALS)
def test_an_end_has_a_sign_where_it_is_open_and_something_lies_beyond(interval):
    low, high = bracketed(interval).strip("[]").split(", ")
    assert low.startswith("≤ ") == (interval.open_low and interval.low != 0)
    assert high.startswith("≥ ") == (interval.open_high and math.isfinite(interval.high))
    assert ("∞" in high) == math.isinf(interval.high)


def test_no_interval_and_no_number_are_a_dash():
    assert {bracketed(None), number(None), number(math.nan), p_value(math.nan), from_to([])} == {NONE}


@pytest.mark.parametrize("value", [0.1, 1.0, 99999.0, 1e5, 1e-4, 9.99e-5, -0.25, 1e-300])
def test_a_number_has_three_digits_and_is_read_back(value):
    assert float(number(value)) == pytest.approx(value, rel=5e-3)
    assert len(re.sub(r"e.*|[-.]|^0\.0*", "", number(value))) >= 3


@pytest.mark.parametrize(("p", "words"), [(0.0301, "p = 0.03"), (0.001, "p = 0.001"), (0.00099, "p < 0.001")])
def test_a_small_p_has_a_bound_in_cells_and_sentences(p, words):
    assert p_equals(p) == words
    assert words.endswith(p_value(p))


def test_a_range_of_one_is_a_number():
    assert from_to([3, 1, 2], str) == "1 to 3"
    assert from_to([2, 2], str) == "2"
    assert from_to([0.101, 0.102], "{:.1f}".format) == "0.1"


@pytest.mark.parametrize(("hours", "words"), [(1234.5, "1,234.5 h"), (1, "1.0 h"), (0.5, "30 min"), (0.01, "a minute")])
def test_a_time_is_in_hours_or_minutes(hours, words):
    assert duration(hours) == words


@pytest.mark.parametrize("interval", INTERVALS)
def test_a_number_stands_before_its_interval(interval):
    assert bounded(0.15, interval) == f"0.150 {bracketed(interval)}"
    assert bounded(0.15, None) == "0.150"
