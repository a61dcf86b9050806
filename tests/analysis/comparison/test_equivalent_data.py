"""Equivalent data: what the intervals hold, and what is not claimed."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar, nnls

from segaug.analysis.comparison.compared_curve import ComparedCurve
from segaug.analysis.comparison.equivalent_by_law import LawEquivalence, sizes_of
from segaug.analysis.comparison.equivalent_data import EquivalentSize, equivalent_data
from segaug.analysis.interval import Interval
from segaug.analysis.law.power_law import PowerLaw, PowerLaws
from segaug.analysis.law.profile import threshold
from segaug.analysis.law.resample import draw_seeds
from segaug.analysis.law.solver import solve
from tests.analysis.simulated import DESIGNS, coefficient_of_variation

SIZES = DESIGNS["4..128"]
CORRELATION = 0.6
LAW = PowerLaw(a=0.9, b=0.5, c=0.02)


def curves(rng, strategy, seeds=8, sizes=SIZES, baseline=LAW, correlation=CORRELATION, resamples=200):
    """Trials of two laws, alike seed by seed."""
    spread = np.sqrt(np.log1p(coefficient_of_variation(sizes) ** 2))
    first, other = rng.standard_normal((2, seeds, len(sizes)))
    second = correlation * first + np.sqrt(1 - correlation**2) * other
    draws = draw_seeds(range(seeds), "test", resamples).counts
    return tuple(
        ComparedCurve(sizes, law.predict(sizes) * np.exp(spread * z - spread**2 / 2), draws)
        for law, z in ((baseline, first), (strategy, second))
    )


def better(factor, law=LAW):
    """A law that is worth this factor in data everywhere."""
    return PowerLaw(law.a * factor**-law.b, law.b, law.c)


def claim(low, high, equivalent, size=8.0):
    return EquivalentSize(size, equivalent, Interval(low, high, low <= 0, np.isinf(high)), 4.0, 128.0)


def test_sizes_of_undoes_the_law():
    assert sizes_of(LAW, LAW.predict([3.0, 50.0])) == pytest.approx([3, 50])
    laws = PowerLaws(*(np.array([value, value]) for value in (LAW.a, LAW.b, LAW.c)))
    assert sizes_of(laws, laws.predict([3.0, 50.0])) == pytest.approx(np.array([[3, 50]] * 2))


def test_a_law_never_reaches_its_floor_and_a_flat_one_nothing_else():
    assert sizes_of(LAW, np.array([LAW.c, LAW.c / 2])).tolist() == [np.inf, np.inf]
    assert sizes_of(PowerLaw(0.0, 0.01, 0.1), np.array([0.2, 0.05])).tolist() == [0, np.inf]


@pytest.mark.parametrize("factor", [0.6, 1.0, 1.7])
def test_a_known_factor_is_found(factor):
    found = equivalent_data(*curves(np.random.default_rng(0), better(factor), seeds=20), CORRELATION)
    assert (found.method, found.reason) == ("law", "")
    inside = [one for one in found.sizes if one.censored == "none"]
    assert len(inside) >= 3
    assert all(one.factor == pytest.approx(factor, rel=0.2) for one in inside)
    assert found.summary.factor == pytest.approx(factor, rel=0.1)
    assert found.summary.interval.low < factor < found.summary.interval.high
    assert found.summary.used == len(inside) == len(SIZES) - found.summary.censored


@pytest.mark.parametrize("seeds", [5, 20])
def test_intervals_hold_the_truth_as_often_as_they_say(seeds):
    """A reduced version of benchmarks/coverage.py: 40 data sets of five sizes each."""
    rng, strategy, held = np.random.default_rng(1), better(1.3), []
    truth = sizes_of(LAW, strategy.predict(SIZES))
    for _ in range(40):
        baseline, other = curves(rng, strategy, seeds, resamples=10)
        if baseline.fit and other.fit:
            intervals = LawEquivalence(baseline, other, CORRELATION).intervals()[:-1]
            held += [one.low <= size <= one.high for one, size in zip(intervals, truth, strict=False)]
    assert 0.90 <= np.mean(held) <= 0.995


def test_equal_curves_are_worth_one():
    rng, held = np.random.default_rng(2), []
    for _ in range(30):
        baseline, other = curves(rng, LAW, resamples=10)
        intervals = LawEquivalence(baseline, other, CORRELATION).intervals()
        held += [one.low <= size <= one.high for one, size in zip(intervals, SIZES, strict=True)]
    assert np.mean(held) >= 0.9


def test_at_the_ends_of_the_interval_the_best_law_costs_exactly_the_threshold():
    baseline, strategy = curves(np.random.default_rng(3), better(1.4))
    found = LawEquivalence(baseline, strategy, CORRELATION)
    place, data = 2, baseline.data
    gradient = found.gradient[place]
    covariance = gradient @ found.cross_covariance.T
    variance = gradient @ np.linalg.inv(strategy.data.precision) @ gradient
    full = np.block([[np.linalg.inv(data.precision), covariance[:, None]], [covariance[None], np.array([[variance]])]])
    root = np.linalg.cholesky(np.linalg.inv(full)).T
    observed = root @ np.append(data.means, found.errors[place])

    def rss(size):
        def of(log_b):
            falling = np.append(data.sizes, size) ** -np.exp(log_b)
            return nnls(root @ np.column_stack([falling, np.ones_like(falling)]), observed)[1] ** 2

        return minimize_scalar(of, bounds=(np.log(0.05), np.log(3)), method="bounded", options={"xatol": 1e-7}).fun

    interval = found.intervals()[place]
    best = min(rss(size) for size in np.geomspace(interval.low, interval.high, 200))
    limit = threshold(min(data.dof, strategy.data.dof))
    assert [rss(interval.low) - best, rss(interval.high) - best] == pytest.approx([limit, limit], rel=0.01)


def test_the_gradient_is_that_of_the_fitted_errors():
    _, strategy = curves(np.random.default_rng(14), better(1.4))
    found, data, place = LawEquivalence(*curves(np.random.default_rng(14), better(1.4)), CORRELATION), strategy.data, 3
    step = 1e-3 * data.means[place]
    moved = [data.means + sign * step * np.eye(len(data.sizes))[place] for sign in (1, -1)]
    up, down = (solve(data.sizes, means[None], data.precision, polish=True)[0].predict(data.sizes) for means in moved)
    assert found.gradient[:, place] == pytest.approx((up - down) / (2 * step), abs=0.03)


def test_pairs_that_agree_narrow_the_interval():
    baseline, strategy = curves(np.random.default_rng(4), better(1.2), correlation=0.95)
    alone, paired = (LawEquivalence(baseline, strategy, known).intervals()[2] for known in (0.0, 0.95))
    assert np.log(paired.high / paired.low) < 0.6 * np.log(alone.high / alone.low)


@pytest.mark.parametrize("seeds", [3, 5, 20])
@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.95])
def test_an_estimate_lies_in_its_interval(seeds, correlation):
    rng = np.random.default_rng(15)
    for factor in rng.uniform(0.5, 2, 10):
        pair = curves(rng, better(factor), seeds, correlation=correlation, resamples=10)
        for one in equivalent_data(*pair, correlation).sizes:
            assert one.interval.low <= one.equivalent <= one.interval.high


def test_pairs_that_agree_bring_the_estimate_nearer_to_the_truth():
    rng, strategy, off = np.random.default_rng(16), better(1.3), {0.0: [], 0.9: []}
    truth = sizes_of(LAW, strategy.predict(SIZES))[1:-1]
    for _ in range(40):
        pair = curves(rng, strategy, 10, correlation=0.9, resamples=10)
        for known, errors in off.items() if pair[0].fit else ():
            errors.append(np.log(LawEquivalence(*pair, known).equivalents[1:-1] / truth))
    assert np.std(off[0.9]) < np.std(off[0.0])


def test_a_strategy_beside_itself_is_worth_one_without_an_error():
    baseline, _ = curves(np.random.default_rng(5), LAW)
    found = equivalent_data(baseline, baseline, 1.0)
    assert all(one.interval.low <= one.size * (1 + 1e-6) for one in found.sizes)
    assert all(one.interval.high >= one.size * (1 - 1e-6) for one in found.sizes)
    assert found.summary.factor == pytest.approx(1, rel=1e-3)


def test_below_the_baselines_floor_the_end_is_open_and_there_is_no_number():
    floor = PowerLaw(LAW.a, LAW.b, 0.1)
    strategy = PowerLaw(LAW.a, LAW.b, 0.02)
    last = equivalent_data(*curves(np.random.default_rng(6), strategy, 20, baseline=floor), CORRELATION).sizes[-1]
    assert (last.factor, last.censored) == (None, "high")
    assert last.interval.open_high
    assert str(last) == "more than 1x"


def test_the_unit_of_the_error_does_not_matter():
    baseline, strategy = curves(np.random.default_rng(7), better(1.5))
    scaled = [ComparedCurve(one.grid, 1e-6 * one.values, one.draws) for one in (baseline, strategy)]
    one, other = equivalent_data(baseline, strategy, 0.5), equivalent_data(*scaled, 0.5)
    assert [size.equivalent for size in other.sizes] == pytest.approx([size.equivalent for size in one.sizes], rel=1e-4)
    ends = [[(size.interval.low, size.interval.high) for size in found.sizes] for found in (one, other)]
    assert np.array(ends[1]) == pytest.approx(np.array(ends[0]), rel=1e-3)


def test_a_strategy_without_a_law_is_read_by_its_means():
    baseline, strategy = curves(np.random.default_rng(8), better(1.5), seeds=20)
    values = strategy.values.copy()
    values[:, [0, 2, 3, 4, 5]] = np.nan
    found = equivalent_data(baseline, ComparedCurve(SIZES, values, strategy.draws), 0.0)
    (only,) = found.sizes
    assert (found.method, only.size) == ("law", 8)
    assert found.reason.startswith("the strategy by its means")
    assert only.equivalent == pytest.approx(sizes_of(baseline.fit.law, np.array([values[:, 1].mean()]))[0])
    assert only.interval.low < only.equivalent < only.interval.high
    full = equivalent_data(baseline, strategy, CORRELATION).sizes[1].interval
    assert only.interval.high / only.interval.low > full.high / full.low


def test_too_few_sizes_and_rejected_laws_are_interpolated():
    few = equivalent_data(*curves(np.random.default_rng(9), better(1.5), sizes=SIZES[:3]), CORRELATION)
    assert few.method == "interpolation"
    assert "at least 4 sizes" in few.reason
    baseline, strategy = curves(np.random.default_rng(10), LAW, seeds=20)
    bump = np.array([1, 1, 1, 2.0, 1, 1])
    bent = equivalent_data(ComparedCurve(SIZES, bump * baseline.values, baseline.draws), strategy, CORRELATION)
    assert (bent.method, bent.reason) == ("interpolation", "for the baseline, the law does not fit")


def test_interpolation_finds_the_factor_with_wider_intervals():
    baseline, strategy = curves(np.random.default_rng(11), better(1.5), seeds=20, sizes=SIZES[:3])
    found = equivalent_data(baseline, strategy, CORRELATION)
    assert found.sizes[1].interval.low < 1.5 * SIZES[1] < found.sizes[1].interval.high
    assert found.sizes[1].interval.method == "bootstrap"
    assert found.sizes[2].censored in ("high", "both")


@pytest.mark.parametrize(
    ("baseline", "strategy", "reason"),
    [
        ((slice(None), [0]), (slice(None), [0]), "at least two sizes"),
        ((slice(None), slice(None)), (slice(0), slice(0)), "no trial of the strategy converged"),
        ((slice(0, 1), slice(None)), (slice(0, 1), slice(None)), "at least two seeds"),
        ((slice(0, 2), slice(0, 3)), (slice(0, 2), slice(0, 3)), "at least three seeds"),
    ],
)
def test_what_cannot_be_told_is_refused_with_the_reason(baseline, strategy, reason):
    sides = []
    for curve, kept in zip(curves(np.random.default_rng(12), LAW), (baseline, strategy), strict=True):
        values = np.full_like(curve.values, np.nan)
        values[kept] = curve.values[kept]
        sides.append(ComparedCurve(SIZES, values, curve.draws))
    found = equivalent_data(*sides, CORRELATION)
    assert (found.method, found.sizes, found.summary) == ("none", (), None)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("one", "censored", "text"),
    [
        (claim(11.2, 18.4, 14.4), "none", "1.8x [1.4, 2.3]"),
        (claim(11.2, 400.0, 100.0), "high", "12x [1.4, more than 16]"),
        (claim(64.0, np.inf, np.inf), "high", "more than 16x [8, more than 16]"),
        (claim(200.0, np.inf, 300.0), "high", "more than 16x"),
        (claim(0.0, 6.0, 3.0), "low", "less than 0.5x [less than 0.5, 0.75]"),
        (claim(1.0, 3.0, 2.0), "low", "less than 0.5x"),
        (claim(0.0, np.inf, 8.0), "both", "anything from less than 0.5x to more than 16x"),
    ],
)
def test_nothing_is_claimed_outside_the_measured_sizes(one, censored, text):
    assert one.censored == censored
    assert str(one) == text
    assert one.claimed.low >= 0.5
    assert one.claimed.high <= 16
    assert (one.factor is None) == (not 4 <= one.equivalent <= 128)
