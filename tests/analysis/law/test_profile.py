"""Intervals are those of a brute-force profile, and cover what they claim to."""

import math
import warnings

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import f

from segaug.analysis.interval import Interval
from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.law.profile import joint_region, profile, rss_with_extra_size, threshold
from segaug.analysis.law.solver import B_GRID, B_MAX, B_MIN, rss, solve
from tests.analysis.brute_profile import BruteProfile
from tests.analysis.simulated import DESIGNS, ERROR, coefficient_of_variation, errors, trials
from tests.slow_rest import slow_but

SIZES = DESIGNS["4..128"]


def profile_of(sizes, values, **options):
    data = weighted_means(sizes, values, **options)
    return profile(data.sizes, data.means, data.precision, threshold(data.dof))


def exact_profile(b, floor_share, precision_factor=1.0, sizes=SIZES):
    """Of a law that the means meet exactly, with the noise of 20 trials."""
    means = errors(sizes, b, floor_share)
    precision = precision_factor * 20 / (coefficient_of_variation(sizes) * means) ** 2
    return profile(sizes, means, precision, threshold(100))


def error_at(found, size) -> Interval:
    low, high = found.error([size])
    return Interval(float(low[0]), float(high[0]))


def estimates(law: PowerLaw, max_size):
    half, largest = law.predict([max_size / 2, max_size])
    return {
        "b": law.b,
        "floor_share": law.floor_share(max_size),
        "slope": law.slope(max_size),
        "floor": law.c,
        "scale": law.a,
        "drop": half - largest,
    }


CASES = [
    (design, b, share, seeds, correlation)
    for index, (b, share) in enumerate([(0.3, 0), (0.3, 0.5), (0.5, 0), (0.5, 0.2), (0.8, 0.2), (0.8, 0.5), (3, 0.5)])
    for design, seeds, correlation in [
        (list(DESIGNS)[index % 3], 20, 0.0),
        (list(DESIGNS)[(index + 1) % 3], 5, 0.5),
    ]
] + [(design, b, share, 20, 0.0) for design in DESIGNS for b, share in [(0.5, 1), (-0.05, 0)]]  # flat, rising


@pytest.mark.parametrize(("design", "b", "share", "seeds", "correlation"), CASES)
def test_agrees_with_brute_force(design, b, share, seeds, correlation):
    sizes, rng = DESIGNS[design], np.random.default_rng([seeds, int(100 * (b + share) + 100), len(design)])
    data = weighted_means(sizes, trials(rng, sizes, b, share, seeds, correlation), nested=correlation > 0)
    limit = threshold(data.dof)
    found = profile(data.sizes, data.means, data.precision, limit)
    brute = BruteProfile(data.sizes, data.means, data.precision, limit)
    assert found.rss == pytest.approx(brute.rss, abs=1e-5)
    for quantity, estimate in estimates(found.law, sizes[-1]).items():
        assert_close(getattr(found, quantity), brute.interval(quantity, estimate))
    for size in (sizes[0], sizes[len(sizes) // 2], sizes[-1], 4 * sizes[-1]):
        assert_close(error_at(found, size), brute.interval("error", float(found.law.predict(size)), size))


def assert_close(found: Interval, expected: tuple[float, float]):
    assert (found.low, found.high) == pytest.approx(expected, abs=0.01 * (expected[1] - expected[0]))


def test_precise_data_give_the_interval_of_linear_theory():
    """Where the law is linear within its noise, the profile is the estimate -+ sqrt(q variance)."""
    found, factor = exact_profile(0.5, 0.3, precision_factor=1e8), 1e8
    law, means = found.law, errors(SIZES, 0.5, 0.3)
    precision = np.diag(factor * 20 / (coefficient_of_variation(SIZES) * means) ** 2)
    parameters = np.array([law.a, law.b, law.c])

    def gradient(quantity):
        return approx_fprime(parameters, lambda p: quantity(PowerLaw(*p)), 1e-7)

    jacobian = np.stack([gradient(lambda law, n=n: law.predict(n)) for n in SIZES])
    covariance = np.linalg.inv(jacobian.T @ precision @ jacobian)
    for name, value in estimates(law, SIZES[-1]).items():
        slope = gradient(lambda law, name=name: estimates(law, SIZES[-1])[name])
        half = math.sqrt(threshold(100) * slope @ covariance @ slope)
        interval = getattr(found, name)
        assert (interval.high - value, value - interval.low) == pytest.approx((half, half), rel=0.01)


def test_threshold_is_a_quantile_of_f():
    assert threshold(114) == pytest.approx(f.ppf(0.95, 1, 114))
    assert threshold(20, parameters=3) == pytest.approx(3 * f.ppf(0.95, 3, 20))
    assert threshold(20, parameters=2, level=0.5) == pytest.approx(2 * f.ppf(0.5, 2, 20))
    assert threshold(1) == threshold(3) > threshold(4)
    assert threshold(0) == math.inf


def test_scale_of_errors_and_unit_of_sizes_do_not_matter():
    values = trials(np.random.default_rng(0), SIZES, 0.5, 0.2)
    plain = profile_of(SIZES, values)
    for unit, scale in ((1.0, 1e-9), (1.0, 1e6), (1000.0, 1.0)):
        other = profile_of(unit * SIZES, scale * values)
        for name in ("b", "floor_share", "slope"):
            assert bounds(getattr(other, name)) == pytest.approx(bounds(getattr(plain, name)), rel=1e-6, abs=1e-9)
        for name in ("floor", "drop"):
            expected = scale * np.array(bounds(getattr(plain, name)))
            assert bounds(getattr(other, name)) == pytest.approx(expected, rel=1e-6, abs=1e-9 * scale)
        assert np.array(other.error(unit * SIZES)) == pytest.approx(scale * np.array(plain.error(SIZES)), rel=1e-6)


def bounds(interval: Interval):
    return interval.low, interval.high


def test_a_larger_threshold_contains_a_smaller_one():
    data = weighted_means(SIZES, trials(np.random.default_rng(1), SIZES, 0.5, 0.2))
    inner, outer = (profile(data.sizes, data.means, data.precision, q) for q in (threshold(114), threshold(114, 3)))
    for name in ("b", "floor_share", "slope", "floor", "drop"):
        small, large = getattr(inner, name), getattr(outer, name)
        assert large.low <= small.low < small.high <= large.high
    (low, high), (lower, higher) = inner.error(SIZES), outer.error(SIZES)
    assert ((lower < low) & (high < higher)).all()


@pytest.mark.parametrize("b", [0.0, -0.1], ids=["flat", "rising"])
def test_a_curve_that_does_not_fall_has_no_exponent(b):
    found = exact_profile(b, 0.0)
    assert (found.law.a, found.law.b) == (0, B_MIN)
    assert found.b == Interval(B_MIN, B_MAX, open_low=True, open_high=True)
    assert found.floor_share.high == 1
    assert found.drop.low == found.slope.low == 0
    assert found.slope.high > 0


def test_a_step_leaves_the_exponent_open_above():
    means = np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
    found = profile(SIZES, means, 20 / (0.1 * means) ** 2, threshold(114))
    assert found.b.high == B_MAX
    assert (found.b.open_low, found.b.open_high) == (False, True)


def test_a_pure_power_law_bounds_its_floor_from_above_only():
    found = exact_profile(0.8, 0.0)
    assert found.floor.low == found.floor_share.low == 0
    assert 0 < found.floor.high < ERROR
    assert not found.b.open_low


def test_three_sizes_are_met_exactly_and_still_have_intervals():
    found = profile_of(SIZES[::2], trials(np.random.default_rng(3), SIZES[::2], 0.8, 0.5))
    assert found.law.c > 0
    assert found.rss < 1e-6
    assert found.b.low < found.law.b < found.b.high


def test_without_degrees_of_freedom_everything_is_possible():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = profile(SIZES, errors(SIZES, 0.5, 0.2), np.ones(6), threshold(0))
        assert found.b == Interval(B_MIN, B_MAX, open_low=True, open_high=True)
        assert bounds(found.floor_share) == (0, 1)
        assert found.floor == found.drop == Interval(0.0, math.inf, open_high=True)
        assert error_at(found, 64) == Interval(0.0, math.inf)
        assert bounds(found.slope) == (0, B_MAX)


def test_a_wide_range_of_sizes_does_not_overflow():
    sizes = 2.0 ** np.arange(0, 18)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        found = exact_profile(B_MAX, 0.5, sizes=sizes)
    assert found.b.high == B_MAX
    assert error_at(found, sizes[-1]).low < ERROR < error_at(found, sizes[-1]).high


def random_table(rng):
    """Whatever may come: few seeds and sizes, gaps, no spread, outliers, any scale and range."""
    sizes = np.sort(rng.choice(np.arange(1, 2000), rng.integers(3, 11), replace=False)).astype(float)
    law = errors(sizes, rng.uniform(-0.2, 3), rng.uniform(0, 1)) * 10.0 ** rng.integers(-9, 7)
    spread = rng.choice([0, 1e-6, 0.01, 0.1, 1.0])
    values = law * np.exp(spread * rng.standard_t(3, (rng.integers(1, 7), len(sizes))).clip(-8, 8))
    values[:, rng.random(len(sizes)) < 0.1] = law.mean()
    values[rng.random(values.shape) < rng.choice([0, 0.3])] = np.nan
    return sizes, values


def test_no_table_stops_the_engine():
    """Everything finite and ordered, the law inside its intervals, not one warning."""
    rng = np.random.default_rng(3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(600):
            sizes, values = random_table(rng)
            data = weighted_means(sizes, values, nested=bool(rng.integers(2)))
            if len(data.sizes) >= 3:
                check_consistency(profile(data.sizes, data.means, data.precision, threshold(data.dof)), data.sizes)


def check_consistency(found, sizes):
    for name, value in estimates(found.law, sizes[-1]).items():
        interval = getattr(found, name)
        slack = 1e-6 * abs(value)
        assert interval.low - slack <= value <= interval.high + slack or (name == "b" and found.law.a == 0), name
        assert math.isfinite(interval.low)
    low, high = found.error(sizes)
    law = found.law.predict(sizes)
    assert (low <= law * (1 + 1e-6)).all()
    assert (law <= high * (1 + 1e-6)).all()


def test_joint_region_holds_the_profile():
    data = weighted_means(SIZES, trials(np.random.default_rng(4), SIZES, 0.5, 0.2))
    found = profile(data.sizes, data.means, data.precision, threshold(data.dof))
    region = region_of(data)
    accepted = region.rss <= found.rss + threshold(data.dof)
    b, share = region.b[accepted.any(axis=1)], region.floor_share[accepted.any(axis=0)]
    assert (b[0], b[-1]) == pytest.approx(bounds(found.b), rel=0.04)  # the steps of the grid
    assert (share[0], share[-1]) == pytest.approx(bounds(found.floor_share), abs=0.01)


@pytest.mark.parametrize("noise", [1e-4, 0.001, 0.05, 0.5])
def test_a_joint_region_of_any_width_has_nodes_inside_each_contour(noise):
    """Its smallest RSS is that of the best law, so that contours rise whatever the precision."""
    sizes, rng = np.geomspace(4, 128, 10).round(), np.random.default_rng(7)
    for _ in range(20):
        data = weighted_means(sizes, (0.5 * sizes**-0.6 + 0.05) * np.exp(noise * rng.standard_normal((20, 10))))
        found = profile(data.sizes, data.means, data.precision, threshold(data.dof))
        region = region_of(data)
        assert region.rss.min() == pytest.approx(found.rss, abs=1e-3)
        inside = region.rss <= found.rss + threshold(data.dof, 2, 0.5)
        assert min(inside.any(axis=1).sum(), inside.any(axis=0).sum()) > 20
        assert (np.diff(region.b) >= 0).all()
        assert (np.diff(region.floor_share) >= 0).all()


def region_of(data):
    wider = profile(data.sizes, data.means, data.precision, threshold(data.dof, 2))
    return joint_region(data.sizes, data.means, data.precision, wider)


def test_an_extra_size_is_that_of_a_fit_with_it():
    """The smallest RSS over b is that of the solver, at each size that the last mean might have."""
    rng = np.random.default_rng(5)
    mixing = rng.standard_normal((7, 7))
    means = np.append(errors(SIZES, 0.5, 0.2), 0.15)
    precision = np.linalg.inv(np.diag(means) @ (mixing @ mixing.T + 7 * np.eye(7)) @ np.diag(means) * 1e-4)
    extra = np.array([1.0, 5.0, 50.0, 2000.0])
    found = rss_with_extra_size(SIZES, extra, means, precision, B_GRID)
    assert found.shape == (4, 160)
    for row, size in zip(found, extra, strict=True):
        sizes = np.append(SIZES, size)
        best = rss(solve(sizes, means[None], precision, polish=True), sizes, means[None], precision)[0]
        assert best <= row.min() * (1 + 1e-9)
        assert row.min() == pytest.approx(best, rel=0.02, abs=0.02)


def covered(design, b, share, repetitions, correlation=0.0, fit=profile_of):
    """Share of simulated curves whose interval holds the truth, for each quantity."""
    sizes, rng = DESIGNS[design], np.random.default_rng([int(10 * b), int(10 * share), len(design)])
    at = np.array([sizes[len(sizes) // 2], sizes[-1], 2 * sizes[-1], 4 * sizes[-1]])
    truth = {"b": b, "floor_share": share, "slope": b * (1 - share), "floor": share * ERROR}
    hits = np.zeros(len(truth) + len(at))
    for _ in range(repetitions):
        found = fit(sizes, trials(rng, sizes, b, share, correlation=correlation))
        low, high = found.error(at)
        expected = errors(at, b, share, sizes[-1])
        held = [getattr(found, name).low <= value <= getattr(found, name).high for name, value in truth.items()]
        hits += [*held, *((low <= expected) & (expected <= high))]
    names = [*truth, "middle", "largest", "double", "fourfold"]
    return dict(zip(names, hits / repetitions, strict=True))


@pytest.mark.parametrize("design", slow_but(DESIGNS, "4..128"))
def test_intervals_cover(design):
    """Nominal 95 %; conservative for what is bounded.  Full version: benchmarks/coverage.py."""
    cells = [covered(design, b, share, repetitions=100) for b in (0.3, 0.5, 0.8) for share in (0, 0.2, 0.5)]
    for name in cells[0]:
        rates = [cell[name] for cell in cells]
        conservative = name in ("floor", "floor_share")
        assert 0.93 <= np.mean(rates) <= (0.99 if conservative else 0.975), name
        assert min(rates) >= 0.84


@pytest.mark.slow
def test_seeds_that_share_images_over_sizes_need_their_correlation():
    def ignoring_it(sizes, values):
        data = weighted_means(sizes, values)
        return profile(data.sizes, data.means, data.counts / data.trial_variance, threshold(data.dof))

    def knowing_it(sizes, values):
        return profile_of(sizes, values, nested=True)

    options = {"design": "4..128", "b": 0.5, "share": 0.2, "repetitions": 400, "correlation": 0.5}
    assert 0.92 <= covered(**options, fit=knowing_it)["middle"] <= 0.97
    assert covered(**options, fit=ignoring_it)["middle"] < 0.9
