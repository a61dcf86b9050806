"""The solver recovers laws, respects its constraints and is never worse than scipy's bounded least squares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.law.solver import B_MAX, B_MIN, rss, solve
from segaug.errors import DataError
from tests.slow_rest import slow_but

SIZES = 2.0 ** np.arange(8)
ONES = np.ones(8)


def law(sizes, a, b, c):
    return a * sizes**-b + c


def objective(found: PowerLaw, sizes, means, counts) -> float:
    return float(counts @ (means - found.predict(sizes)) ** 2)


def fit(sizes, means, counts=ONES, **options) -> PowerLaw:
    return solve(sizes, means[None], counts, polish=True, **options)[0]


def noisy_curves(rows, seed=0, spread=0.05):
    rng = np.random.default_rng(seed)
    a, b, c = rng.uniform(0.2, 1, rows), rng.uniform(0.3, 1.2, rows), rng.uniform(0, 0.1, rows)
    mean = a[:, None] * SIZES ** -b[:, None] + c[:, None]
    return mean * np.exp(spread * rng.standard_normal(mean.shape))


def test_published_example():
    found = fit(SIZES, law(SIZES, 1.0, 0.5, 0.05))
    assert (found.a, found.b, found.c) == pytest.approx((1.0, 0.5, 0.05), rel=1e-9)
    assert objective(found, SIZES, law(SIZES, 1.0, 0.5, 0.05), ONES) < 1e-20


@given(b=st.floats(0.05, 3), floor_share=st.floats(0, 0.99))
def test_recovers_noiseless_laws(b, floor_share):
    error = 0.1  # at the largest size
    a, c = error * (1 - floor_share) * SIZES[-1] ** b, error * floor_share
    found = fit(SIZES, law(SIZES, a, b, c))
    assert found.a == pytest.approx(a, rel=1e-4)
    assert found.b == pytest.approx(b, rel=1e-4)
    assert found.c == pytest.approx(c, abs=1e-4 * error)


def scipy_objective(means, counts, floor=True, starts=((0.5, 0.01),)):
    """Of scipy's bounded least squares: the best of several starts (b, c)."""
    upper = [np.inf, B_MAX, np.inf if floor else 1e-300]
    laws = [
        curve_fit(
            law, SIZES, means, (means[0], b, c if floor else 0), counts**-0.5, bounds=([0, B_MIN, 0], upper),
            xtol=1e-14, ftol=1e-14, gtol=1e-14,
        )[0]
        for b, c in starts
    ]  # fmt: skip
    return min(objective(PowerLaw(*found), SIZES, means, counts) for found in laws)


@pytest.mark.filterwarnings("ignore:Covariance of the parameters")
@pytest.mark.parametrize("floor", slow_but([True, False], "True"))
def test_never_worse_than_scipy(floor):
    counts = np.array([20, 20, 19, 20, 7, 20, 20, 12.0])
    starts = [(b, c) for b in (0.1, 0.5, 1.5) for c in (1e-6, 0.05)] if floor else [(0.2, 0), (1.0, 0)]
    for means in noisy_curves(100):
        ours = objective(fit(SIZES, means, counts, floor=floor), SIZES, means, counts)
        theirs = scipy_objective(means, counts, floor, starts)
        assert ours <= theirs * (1 + 1e-9)
        assert theirs <= ours * (1 + 1e-6)


@pytest.mark.parametrize("polish", [True, False])
def test_without_a_floor_no_exponent_of_a_fine_grid_is_better(polish):
    """For each exponent the best scale is in closed form."""
    means, counts = noisy_curves(100), np.array([20, 20, 19, 20, 7, 20, 20, 12.0])
    falls = SIZES ** -np.geomspace(B_MIN, B_MAX, 2000)[:, None]
    explained = ((means * counts) @ falls.T) ** 2 / (falls**2 @ counts)
    least = means**2 @ counts - explained.max(axis=1)
    laws = solve(SIZES, means, counts, floor=False, polish=polish)
    assert (laws.c == 0).all()
    assert (rss(laws, SIZES, means, counts) <= least * (1 + 1e-6)).all()


@pytest.mark.filterwarnings("ignore:Covariance of the parameters")
def test_resamples_are_as_good_as_scipy():
    rng, counts = np.random.default_rng(4), np.full(8, 20.0)
    values = law(SIZES, 0.5, 0.6, 0.05) * np.exp(0.1 * rng.standard_normal((20, 8)))
    means = rng.multinomial(20, [0.05] * 20, 300) @ values / 20
    ours = rss(solve(SIZES, means, counts), SIZES, means, counts)
    theirs = np.array([scipy_objective(row, counts) for row in means])
    assert (ours <= theirs * (1 + 1e-6)).all()


def test_search_without_polish_is_good_enough_for_resamples():
    means = noisy_curves(200)
    rough, fine = solve(SIZES, means, ONES), solve(SIZES, means, ONES, polish=True)
    assert rough.predict(SIZES) == pytest.approx(fine.predict(SIZES), abs=1e-5)
    assert rough.b == pytest.approx(fine.b, rel=1e-4)


@pytest.mark.parametrize("polish", [True, False])
def test_many_curves_at_once_equal_each_alone(polish):
    means = noisy_curves(600)  # more than one block
    together = solve(SIZES, means, ONES, polish=polish)
    for row in range(0, 600, 7):
        alone = solve(SIZES, means[row : row + 1], ONES, polish=polish)[0]
        assert (together[row].a, together[row].b, together[row].c) == pytest.approx(
            (alone.a, alone.b, alone.c), rel=1e-9, abs=1e-12
        )


def correlated(sizes=8, seed=5):
    """A precision matrix far from diagonal."""
    mixing = np.random.default_rng(seed).standard_normal((sizes, sizes))
    return mixing @ mixing.T + 0.3 * np.eye(sizes)


def test_a_diagonal_matrix_is_the_same_as_weights():
    means, weights = noisy_curves(20), np.array([3, 1, 4, 1, 5, 9, 2, 6.0])
    vector, matrix = solve(SIZES, means, weights, polish=True), solve(SIZES, means, np.diag(weights), polish=True)
    assert matrix.predict(SIZES) == pytest.approx(vector.predict(SIZES), rel=1e-9)
    assert rss(matrix, SIZES, means, np.diag(weights)) == pytest.approx(rss(vector, SIZES, means, weights), rel=1e-9)


def test_correlated_means_get_the_generalised_least_squares_law():
    """Against scipy with the covariance of the means, which it takes as `sigma`; best of many starts."""
    precision = correlated()
    for means in noisy_curves(20, spread=0.01):
        ours = rss(solve(SIZES, means[None], precision, polish=True), SIZES, means[None], precision)[0]
        laws = [
            curve_fit(law, SIZES, means, (means[0], b, 0.01), np.linalg.inv(precision), bounds=(0, [9, B_MAX, 9]))[0]
            for b in (0.1, 0.3, 0.6, 1.2)
        ]
        theirs = min(rss_of(found, means, precision) for found in laws)
        assert ours == pytest.approx(theirs, rel=1e-4)
        assert ours <= theirs * (1 + 1e-9)


def rss_of(parameters, means, precision):
    residuals = means - law(SIZES, *parameters)
    return residuals @ precision @ residuals


def test_what_is_not_finite_is_refused():
    means = law(SIZES, 0.5, 0.6, 0.05)
    with pytest.raises(DataError, match=r"not finite.*diverged"):
        fit(SIZES, np.where(SIZES == 8, np.nan, means))
    with pytest.raises(DataError, match="not finite"):
        fit(SIZES, means, np.full(8, np.inf))


def test_floor_share_and_slope_are_those_of_the_curve():
    one = PowerLaw(2.0, 0.5, 0.1)
    laws = solve(SIZES, np.stack([law(SIZES, 2.0, 0.5, 0.1), np.full(8, 0.3)]), ONES, polish=True)
    assert one.floor_share(100) == pytest.approx(0.1 / 0.3)
    step = 1e-5
    assert one.slope(100) == pytest.approx(-np.log(one.predict(100 * (1 + step)) / one.predict(100)) / step, rel=1e-4)
    assert laws.floor_share(100) == pytest.approx([0.1 / 0.3, 1])
    assert laws.slope(100) == pytest.approx([one.slope(100), 0])
    assert (laws[1].floor_share(100), laws[1].slope(100)) == (1, 0)


@given(st.lists(st.floats(-1, 1), min_size=8, max_size=8))
def test_constraints_hold_for_any_data(values):
    found = fit(SIZES, np.array(values))
    assert found.a >= 0
    assert found.c >= 0
    assert B_MIN * (1 - 1e-9) <= found.b <= B_MAX * (1 + 1e-9)


@given(st.lists(st.floats(-1, 1), min_size=8, max_size=8), st.floats(0, 2), st.floats(0.02, 3.9), st.floats(0, 1))
def test_no_other_law_is_better(values, a, b, c):
    means = np.array(values)
    best = objective(fit(SIZES, means), SIZES, means, ONES)
    # the grid is global up to its spacing; a second local minimum may differ by less than it can resolve
    assert best <= objective(PowerLaw(a, b, c), SIZES, means, ONES) * (1 + 1e-3) + 1e-12


@given(st.integers(-3, 6), st.integers(-9, 6))
def test_equivariant_in_sizes_and_errors(size_exponent, error_exponent):
    k, s = 10.0**size_exponent, 10.0**error_exponent
    for means in noisy_curves(3):
        plain, scaled = fit(SIZES, means), fit(k * SIZES, s * means)
        assert scaled.b == pytest.approx(plain.b, rel=1e-5)
        assert scaled.a == pytest.approx(s * plain.a * k**plain.b, rel=1e-4)
        assert scaled.c == pytest.approx(s * plain.c, rel=1e-4, abs=1e-6 * s)


def test_adding_a_constant_moves_only_an_inner_floor():
    means = law(SIZES, 0.5, 0.6, 0.05) * np.array([1.01, 0.99, 1, 1.01, 0.99, 1.01, 1, 0.99])
    plain, lifted = fit(SIZES, means), fit(SIZES, means + 0.2)
    assert plain.c > 0
    assert (lifted.a, lifted.b, lifted.c) == pytest.approx((plain.a, plain.b, plain.c + 0.2), rel=1e-5)


def test_order_of_sizes_does_not_matter():
    means, order = noisy_curves(1)[0], np.random.default_rng(1).permutation(8)
    one, other = fit(SIZES, means), fit(SIZES[order], means[order])
    assert (one.a, one.b, one.c) == pytest.approx((other.a, other.b, other.c), rel=1e-6)


def test_weights_count_repeated_trials():
    """Means weighted by trial numbers give the fit to all trials."""
    rng = np.random.default_rng(3)
    counts, means = np.array([3, 1, 4, 1, 5, 9, 2, 6]), law(SIZES, 0.5, 0.6, 0.05)
    trials = [value * np.exp(0.1 * rng.standard_normal(n)) for value, n in zip(means, counts, strict=True)]
    found = fit(SIZES, np.array([t.mean() for t in trials]), counts)
    x, y = np.repeat(SIZES, counts), np.concatenate(trials)
    peer, _ = curve_fit(law, x, y, (0.5, 0.5, 0.01), bounds=(0, [np.inf, B_MAX, np.inf]), xtol=1e-14, ftol=1e-14)
    assert (found.a, found.b, found.c) == pytest.approx(tuple(peer), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("means", [np.full(8, 0.3), np.linspace(0.1, 0.2, 8)], ids=["flat", "rising"])
def test_a_curve_that_does_not_fall_is_a_constant(means):
    found = fit(SIZES, means)
    assert found.predict(SIZES) == pytest.approx(np.full(8, means.mean()))


def test_floor_can_be_switched_off():
    assert fit(SIZES, law(SIZES, 0.5, 0.6, 0.05), floor=False).c == 0
