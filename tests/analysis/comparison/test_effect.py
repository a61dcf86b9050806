"""Effects of paired differences: the same pairs with the other sign."""

import numpy as np
import pytest

from segaug.analysis.comparison.effect import effect
from segaug.analysis.interval import Interval


def test_the_negated_effect_is_that_of_the_negated_differences():
    differences = np.array([0.3, -0.1, 0.4, np.nan, 0.2])
    negated, of_negated = effect(differences).negated, effect(-differences)
    assert (negated.pairs, negated.p_t, negated.p_flip) == (4, of_negated.p_t, of_negated.p_flip)
    assert negated.mean == of_negated.mean == pytest.approx(-0.2)
    assert (negated.interval.low, negated.interval.high) == pytest.approx(
        (of_negated.interval.low, of_negated.interval.high)
    )
    assert effect(np.array([0.5])).negated.interval is None


def test_an_open_end_stays_open_where_it_then_lies():
    assert Interval(-1, 2, open_low=True).negated == Interval(-2, 1, open_high=True)
