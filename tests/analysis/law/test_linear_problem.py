"""For a known exponent the non-negative law is exact, whatever the data and their precision."""

import numpy as np
import pytest
from scipy.optimize import nnls

from segaug.analysis.law.linear_problem import LinearProblem, gain

SIZES = np.array([1.0, 3, 4, 20, 100])
B = np.array([0.01, 0.3, 1.0, 4.0])


def problems(count=60):
    """Means of any sign, precisions from diagonal to strongly correlated."""
    rng = np.random.default_rng(0)
    for index in range(count):
        mixing = rng.standard_normal((5, 5)) if index % 3 else np.diag(rng.uniform(0.1, 10, 5))
        means = rng.standard_normal(5) + rng.choice([-1, 0, 2])
        yield means, mixing @ mixing.T + 0.01 * np.eye(5)


@pytest.mark.parametrize("floor", [True, False])
def test_equals_non_negative_least_squares(floor):
    edges = 0
    for means, precision in problems():
        problem, root = LinearProblem(SIZES, means[None], precision), np.linalg.cholesky(precision).T
        x = problem.columns(B)
        a, c = problem.coefficients(x, floor=floor)
        rss = problem.best_rss(x, floor=floor)[0]
        nothing = means @ precision @ means
        gained = gain(problem.products(x), floor)[0] + problem.products(x).y0[0, 0] ** 2 - problem.y[0] @ problem.y[0]
        for index, b in enumerate(B):
            columns = np.stack([(SIZES / 100) ** -b, np.ones(5)], axis=1)[:, : 2 if floor else 1]
            expected, length = nnls(root @ columns, root @ means)
            found = np.array([a[0, index], c[0, index]])[: len(expected)]
            edges += (expected == 0).any()
            assert columns @ found == pytest.approx(columns @ expected, rel=1e-6, abs=1e-6 * np.abs(means).max())
            assert rss[index] == pytest.approx(length**2, rel=1e-8, abs=1e-10 * nothing)
            assert -gained[index] == pytest.approx(length**2, rel=1e-6, abs=1e-10 * nothing)
    assert edges > 20


def test_slope_of_the_rss_is_its_derivative():
    for means, precision in problems(12):
        problem = LinearProblem(SIZES, means[None], precision)
        step = 1e-6 * B
        after, before = (problem.best_rss(problem.columns(B + sign * step))[0] for sign in (1, -1))
        expected = (after - before) / (2 * step)
        found = problem.rss_slope(B[None])[0]
        assert found == pytest.approx(expected, rel=1e-3, abs=1e-5 * (means @ precision @ means))


def test_whitening_turns_the_precision_into_a_plain_product():
    for means, precision in problems(6):
        problem = LinearProblem(SIZES, means[None], precision)
        assert problem.y[0] @ problem.y[0] == pytest.approx(means @ precision @ means)
        constant = np.ones(5) @ problem.whitening
        assert constant == pytest.approx([problem.one, 0, 0, 0, 0], abs=1e-9 * problem.one)
