"""The lack-of-fit test rejects at its level under the law, and nearly always where the shape is wrong."""

import numpy as np
import pytest

from segaug.analysis.law.lack_of_fit import lack_of_fit, parameters_in_use
from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.law.solver import rss, solve

SIZES = 2.0 ** np.arange(2, 8)
SHAPES = {
    "double bump": 0.5 * SIZES**-0.5 * (1 + 0.25 * np.sin(np.linspace(0, 2 * np.pi, 6)) ** 2 * [1, 1, 1, -1, -1, 1]),
    "bend": np.where(SIZES < 23, 0.5 * SIZES**-0.2, 0.5 * 23**0.6 * SIZES**-0.8),
    "exponential": 0.05 + 0.3 * np.exp(-SIZES / 30),
}


def result(truth, rng):
    values = truth * np.exp(0.1 * rng.standard_normal((20, len(SIZES))))
    data = weighted_means(SIZES, values)
    laws = solve(SIZES, data.means[None], data.precision, polish=True)
    chi2 = rss(laws, SIZES, data.means[None], data.precision)[0]
    return lack_of_fit(laws[0], float(chi2), len(SIZES), data.dof)


def test_level_under_the_law():
    """400 curves: a 5 % test rejects 20 of them, give or take 4.4."""
    rng = np.random.default_rng(0)
    found = [result(0.5 * SIZES**-0.5 + 0.05, rng).p for _ in range(400)]
    assert 0.02 < np.mean(np.array(found) < 0.05) < 0.085
    assert 0.4 < np.mean(found) < 0.6


@pytest.mark.parametrize("shape", SHAPES)
def test_wrong_shapes_are_rejected(shape):
    rng = np.random.default_rng(1)
    assert np.mean([result(SHAPES[shape], rng).rejected for _ in range(40)]) > 0.9


def test_parameters_at_their_limit_do_not_count():
    assert [parameters_in_use(PowerLaw(*law)) for law in ((1, 0.5, 0.1), (1, 0.5, 0), (0, 0.01, 0.1))] == [3, 2, 1]
    assert lack_of_fit(PowerLaw(0, 0.01, 0.1), 3.0, 6, 100).df == 5


def test_nothing_left_to_test():
    assert lack_of_fit(PowerLaw(1, 0.5, 0.1), 0.0, 3, 12).p is None
    untested = lack_of_fit(PowerLaw(1, 0.5, 0.1), 50.0, 6, 0)
    assert (untested.p, untested.rejected, untested.doubtful, untested.inflation) == (None, False, False, 1.0)


def test_thresholds_grow_only_where_the_law_is_doubtful():
    law = PowerLaw(1, 0.5, 0.1)
    fits, doubtful = lack_of_fit(law, 3.0, 6, 100), lack_of_fit(law, 10.0, 6, 100)
    assert (fits.doubtful, fits.inflation) == (False, 1.0)
    assert (doubtful.doubtful, doubtful.rejected) == (True, False)
    assert doubtful.inflation == pytest.approx(10 / 3)
