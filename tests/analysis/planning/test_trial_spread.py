"""The spread of planned trials."""

import numpy as np
import pytest

from segaug.analysis.law.noise import Noise
from segaug.analysis.planning.trial_spread import TrialSpread, assumed_spread

FALLING = Noise(alpha=2 * np.log(0.2), beta=-1.0, centre=8.0, correlation=0.3, dof=20)


def test_an_assumed_line_passes_through_its_points():
    np.testing.assert_allclose(assumed_spread({512: 0.05, 1: 0.3}).cv([1, 512]), [0.3, 0.05])
    np.testing.assert_allclose(assumed_spread({1: 0.3, 512: 0.05}).cv(512**0.5), (0.3 * 0.05) ** 0.5)
    np.testing.assert_allclose(assumed_spread({16: 0.15}).cv([1, 16, 1024]), 0.15)


def test_beyond_the_measured_sizes_it_is_never_below_the_nearest_one():
    sizes = [1, 4, 8, 64, 256]
    spread = TrialSpread(FALLING, smallest=4, largest=64)
    np.testing.assert_allclose(spread.cv(sizes), [*FALLING.cv([1, 4, 8, 64]), FALLING.cv(64)])
    rising = TrialSpread(Noise(FALLING.alpha, 1.0, 8.0, 0.0, 20), smallest=4, largest=64)
    np.testing.assert_allclose(rising.cv(sizes), rising.noise.cv([4, 4, 8, 64, 256]))


def test_correlation_is_one_number_for_all_pairs_of_sizes():
    assert TrialSpread(FALLING).correlation(3) == pytest.approx(0.3 + 0.7 * np.eye(3))
