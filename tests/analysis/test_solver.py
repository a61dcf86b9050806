"""The solver recovers laws, respects its constraints and is never worse than scipy's bounded least squares."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from segaug.analysis.power_law import PowerLaw
from segaug.analysis.solver import B_MAX, B_MIN, solve

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
    assert (found.a, found.b, found.c) == pytest.approx((1.0, 0.5, 0.05), abs=1e-4)


@given(b=st.floats(0.05, 3), floor_share=st.floats(0, 0.99))
def test_recovers_noiseless_laws(b, floor_share):
    error = 0.1  # at the largest size
    a, c = error * (1 - floor_share) * SIZES[-1] ** b, error * floor_share
    found = fit(SIZES, law(SIZES, a, b, c))
    assert found.a == pytest.approx(a, rel=1e-4)
    assert found.b == pytest.approx(b, rel=1e-4)
    assert found.c == pytest.approx(c, abs=1e-4 * error)


@pytest.mark.parametrize("floor", [True, False])
def test_never_worse_than_scipy(floor):
    counts = np.array([20, 20, 19, 20, 7, 20, 20, 12.0])
    for means in noisy_curves(100):
        lower, upper = ([0, B_MIN, 0], [np.inf, B_MAX, np.inf if floor else 1e-300])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            start = (means[0], 0.5, 0.01 if floor else 0)
            peer, _ = curve_fit(
                law, SIZES, means, start, counts**-0.5, bounds=(lower, upper), xtol=1e-14, ftol=1e-14, gtol=1e-14
            )
        ours = objective(fit(SIZES, means, counts, floor=floor), SIZES, means, counts)
        theirs = objective(PowerLaw(*peer), SIZES, means, counts)
        assert ours <= theirs * (1 + 1e-9)
        assert theirs <= ours * (1 + 1e-5)


def test_search_without_polish_is_good_enough_for_resamples():
    means = noisy_curves(200)
    rough, fine = solve(SIZES, means, ONES), solve(SIZES, means, ONES, polish=True)
    assert rough.predict(SIZES) == pytest.approx(fine.predict(SIZES), abs=1e-5)
    assert rough.b == pytest.approx(fine.b, rel=1e-4)


def test_many_curves_at_once_equal_each_alone():
    means = noisy_curves(20)
    together = solve(SIZES, means, ONES, polish=True)
    for row, values in enumerate(means):
        alone = fit(SIZES, values)
        assert (together[row].a, together[row].b, together[row].c) == pytest.approx(
            (alone.a, alone.b, alone.c), rel=1e-6
        )


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
