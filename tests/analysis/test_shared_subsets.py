"""Seeds that share a subset are alike: what counts are the subsets."""

from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from statistics import fmean

import numpy as np
import pytest

from segaug.analysis.comparison.compare import compare_trials
from segaug.analysis.comparison.metric_order import disagreements, orders
from segaug.analysis.curves.fitting import fit_records
from segaug.analysis.law.fit import fit_curve
from segaug.analysis.planning.forecast import Design
from segaug.analysis.planning.pilot import pilot
from segaug.analysis.planning.trial_cost import cost
from segaug.analysis.trials.curve_trials import curves
from segaug.analysis.trials.measured import measured, measured_cases
from segaug.analysis.trials.table import trials
from segaug.results.case_errors import cases_of_records
from tests.analysis.made_curve import curve as made_curve
from tests.synthetic import record

SIZES, SUBSETS, SHARED = (2, 4, 8, 16), 4, 3


def shared_records():
    """4 subsets of 3 seeds each; the seeds of a subset are as far apart as others."""
    found = []
    for strategy in ("baseline", "red"):
        for size in SIZES:
            for seed in range(SUBSETS * SHARED):
                one = record("t", "m", strategy, size, seed)
                one["config"]["protocol"]["seeds_per_subset"] = SHARED
                one["subset"]["ids"] = [f"{seed // SHARED}-{image}" for image in range(size)]
                shift = 1.1 if strategy == "red" and seed % 5 == 0 else 1.0  # so that ratios vary
                one["test"]["best"]["bce"] = shift * fmean(one["cases"]["bce"])
                one["cases"]["bce"] = [shift * value for value in one["cases"]["bce"]]
                one["test"]["best"]["hd95"] *= 3 + 0.1 * seed if strategy == "red" else 1
                found.append(one)
    return found


def of_subsets(records):
    """The same study as if each subset had been one trial, with the means of its own."""
    found = []
    key = itemgetter("strategy", "size")
    for _, cell in groupby(records, key):
        for _, group in groupby(cell, lambda one: one["seed"] // SHARED):
            ones = list(group)
            lists = zip(*(one["cases"]["bce"] for one in ones), strict=True)
            first = ones[0]
            found.append({
                **first,
                "seed": first["seed"] // SHARED,
                "config": {"protocol": {}},
                "test": {"best": {key: fmean(one["test"]["best"][key] for one in ones) for key in ("bce", "hd95")}},
                "cases": {**first["cases"], "bce": [fmean(values) for values in lists]},
            })  # fmt: skip
    return found


@pytest.fixture(scope="module")
def both():
    records = shared_records()
    return records, of_subsets(records)


def test_a_fit_is_that_of_the_subsets_means(both):
    one, other = (fit_records(records, "bce", resamples=200)[1] for records in both)
    assert vars(one.fit.law) == pytest.approx(vars(other.fit.law))
    for size in SIZES:
        for found, expected in (
            (one.error(size).interval, other.error(size).interval),
            (one.population.error(size), other.population.error(size)),
        ):
            assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-6)
    for point, expected in zip(one.points, other.points, strict=True):
        assert (point.n, point.subsets, expected.n, expected.subsets) == (12, 4, 4, 4)
        assert (point.mean, point.se) == pytest.approx((expected.mean, expected.se))
    assert "3 seeds share each subset: means and intervals are over 4 subsets, the mean of its trials each" in one.notes
    assert sum(state.ok for state in one.states) == 48


def test_a_comparison_is_that_of_the_subsets_means(both):
    found = []
    for records in both:
        table = measured(trials(records), "bce")
        cases = measured_cases(table, lambda key, records=records: cases_of_records(records, key))
        found.append(compare_trials(table, None, cases, "baseline", resamples=200).found[0])
    one, other = found
    for size, expected in zip(one.sizes, other.sizes, strict=True):
        assert size.ratio.log.pairs == expected.ratio.log.pairs == 4
        assert vars(size.ratio.log.interval) == pytest.approx(vars(expected.ratio.log.interval))
        assert vars(size.ratio.other_cases) == pytest.approx(vars(expected.ratio.other_cases))
    assert one.overall.ratio.log.p_t == pytest.approx(other.overall.ratio.log.p_t)
    assert sum(one.divergence.pairs) == 3 * sum(other.divergence.pairs), "trials diverge, not subsets"
    assert any("3 seeds share each subset" in note for note in one.notes)


def test_an_order_of_metrics_pairs_subsets(both):
    signs = []
    for records in both:
        fits = {metric: fit_records(records, metric, resamples=100) for metric in ("bce", "hd95")}
        (order,) = orders(fits, 8)
        signs.append([one.signs for one in disagreements(fits, order)])
    assert signs[0] == signs[1] == [{"bce": "worse", "hd95": "better"}]


def test_a_subset_is_its_converged_trials():
    values = np.array([[1.0, 2.0], [3.0, np.nan], [np.nan, np.nan], [5.0, np.nan], [7.0, np.nan], [9.0, np.nan]])
    curve = replace(made_curve(values, (1, 2)), seeds_per_subset=3)
    found = curve.replicates()
    np.testing.assert_array_equal(found.values, [[2.0, 2.0], [7.0, np.nan]])
    assert found.seeds.tolist() == [0, 1]
    assert found.status.tolist() == [["ok", "ok"], ["ok", "missing"]]
    assert curve.count("ok").tolist() == [5, 1]
    alone = made_curve(values, (1, 2))
    assert alone.replicates() is alone


def test_a_subset_has_the_best_state_of_its_trials():
    made = shared_records()[:12]
    for one, state in zip(made[:4], ("diverged", "ok", "diverged", "diverged"), strict=True):
        one["status"] = state
    for one in made[3:6]:
        one |= {"status": "diverged", "test": None, "cases": None}
    (curve,) = curves(trials(made), "bce")
    assert curve.replicates().status.ravel().tolist() == ["ok", "diverged", "ok", "ok"]
    assert curve.count("diverged").tolist() == [5]


def test_a_plan_counts_subsets_and_pays_for_their_trials():
    (curve, _) = curves(trials(shared_records()), "bce")
    assert pilot(curve).fit.data.counts.tolist() == [4] * 4
    assert cost([curve], Design(SIZES, 4)).trials == 0
    assert cost([curve], Design(SIZES, 5)).trials == len(SIZES) * SHARED


def test_intervals_over_seeds_are_too_narrow_and_over_subsets_are_not():
    """95 % intervals of E(N) where a subset moves an error by 12 %, and training by 5 %."""
    rng, sizes = np.random.default_rng(0), np.array([4.0, 8, 16, 32, 64])
    truth, held = 0.5 * sizes**-0.5 + 0.05, {"seeds": [], "subsets": []}
    for _ in range(25):
        subset = np.repeat(0.12 * rng.standard_normal((6, 5)), 3, axis=0)
        values = truth * np.exp(subset + 0.05 * rng.standard_normal((18, 5)) - (0.12**2 + 0.05**2) / 2)
        curve = replace(made_curve(values, sizes), seeds_per_subset=3)
        for name, one in (("seeds", curve), ("subsets", curve.replicates())):
            fit = fit_curve(one.sizes, one.values)
            intervals = (fit.error(size).interval for size in sizes)
            held[name] += [one.low <= true <= one.high for one, true in zip(intervals, truth, strict=True)]
    assert np.mean(held["seeds"]) < 0.88
    assert np.mean(held["subsets"]) > 0.91
