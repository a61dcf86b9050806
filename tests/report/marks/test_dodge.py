"""Strategies side by side: apart from each other, and nearer to their own N than to the next."""

import math
from itertools import pairwise

import pytest

from segaug.report.marks.dodge import dodge


@pytest.mark.parametrize("sizes", [(1, 2, 4), (1, 4, 16), (10, 11, 300), (8,)])
@pytest.mark.parametrize("count", [2, 5])
def test_strategies_are_apart_and_stay_at_their_size(sizes: tuple[int, ...], count: int) -> None:
    shift = dodge([f"s{place}" for place in range(count)], sizes)
    factors = list(shift.values())
    assert all(left < right for left, right in pairwise(factors))
    assert math.prod(factors) == pytest.approx(1)
    for low, high in pairwise(sizes):
        assert low * factors[-1] < high * factors[0]


def test_a_single_strategy_stays_where_it_is() -> None:
    assert dodge(["red"], (1, 2, 4)) == {"red": 1.0}
