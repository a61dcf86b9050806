"""Which trials diverged, how often, and what that would change."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, norm

from segaug.analysis.trials.divergence import divergence_matters, mcnemar, rate, rates, status_by_rule, with_constant
from segaug.analysis.trials.table import trials
from tests.synthetic import record

NAN = float("nan")


def table(**columns):
    row = {"status": "ok", "bce_best": 0.6, "bce_recalibrated_best": 0.5, "constant_bce": 0.5, "improved": False}
    return pd.DataFrame([row | columns])


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        ({}, "diverged"),
        ({"improved": True}, "ok"),  # merely bad
        ({"bce_recalibrated_best": 0.4999}, "ok"),  # bad only in scale and offset
        ({"bce_recalibrated_best": NAN}, "diverged"),  # no validation labels: the BCE itself
        ({"bce_recalibrated_best": NAN, "bce_best": 0.4}, "ok"),
        ({"status": "diverged", "improved": True, "bce_best": NAN, "bce_recalibrated_best": NAN}, "diverged"),
    ],
)
def test_the_rule(columns, status):
    assert status_by_rule(table(**columns)).tolist() == [status]


def test_records_are_judged_by_what_they_store():
    made = [record("t", "m", "red", 1, seed) for seed in range(3)]
    for one in made:
        one["test"]["best"]["bce_recalibrated"] = 0.5
    made[1]["history"]["training_loss"] = [1.0, 0.5, 1.0]
    assert trials(made)["status"].tolist() == ["ok", "diverged", "ok"]


@pytest.mark.parametrize(("diverged", "total"), [(0, 20), (1, 20), (7, 20), (20, 20)])
def test_wilson(diverged, total):
    z, p = norm.ppf(0.975), diverged / total
    centre = (p + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z * np.sqrt(p * (1 - p) / total + z**2 / (4 * total**2)) / (1 + z**2 / total)
    found = rate(diverged, total)
    assert (found.interval.low, found.interval.high) == pytest.approx((centre - half, centre + half), abs=1e-12)
    assert (found.share, found.interval.method) == (p, "wilson")


def test_without_trials_a_rate_can_be_anything():
    assert (rate(0, 0).interval.low, rate(0, 0).interval.high, rate(0, 0).share) == (0, 1, 0)


def test_failed_and_missing_trials_are_in_no_rate():
    status = np.array([["ok", "diverged"], ["failed", "ok"], ["missing", "missing"]])
    assert [(one.diverged, one.trials) for one in rates(status)] == [(0, 1), (1, 2)]


def test_mcnemar_counts_the_pairs_that_disagree():
    for both, first, second, none in itertools.product((0, 3), (0, 1, 4, 9), (0, 2, 6), (0, 5)):
        pairs = [(True, True)] * both + [(True, False)] * first + [(False, True)] * second + [(False, False)] * none
        a, b = np.array(pairs, dtype=bool).reshape(-1, 2).T
        expected = min(1.0, 2 * binom.cdf(min(first, second), first + second, 0.5)) if first + second else 1.0
        assert mcnemar(a, b) == pytest.approx(expected)
        assert mcnemar(a, b) == mcnemar(b, a)


def test_divergence_matters_by_rate_or_by_difference():
    assert not divergence_matters([rate(0, 20), rate(2, 20)], [0.06])
    assert divergence_matters([rate(0, 20), rate(3, 20)])
    assert divergence_matters([rate(0, 20)], [1.0, 0.04])
    assert divergence_matters([rate(20, 20)])


def test_the_sensitivity_analysis_replaces_what_diverged():
    errors = np.array([[0.2, 0.9], [NAN, 0.3], [0.4, NAN], [np.inf, 0.1]])
    status = np.array([["ok", "diverged"], ["diverged", "diverged"], ["ok", "missing"], ["diverged", "failed"]])
    expected = [[0.2, 0.9], [0.5, 0.5], [0.4, NAN], [0.5, NAN]]
    np.testing.assert_array_equal(with_constant(errors, status, 0.5), expected)


def test_the_sensitivity_analysis_does_not_guess_an_unknown_constant():
    found = with_constant(np.array([[NAN], [0.7]]), np.array([["diverged"], ["diverged"]]), NAN)
    np.testing.assert_array_equal(found, [[NAN], [0.7]])
