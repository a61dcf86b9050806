"""Distributions: as `scipy.stats` has them, bit by bit, so that no number of a finished study moves."""

import subprocess
import sys

import numpy as np
from scipy import stats

from segaug.analysis import distributions as ours
from segaug.analysis.interval import LEVEL
from segaug.analysis.trials.divergence import rate

P = np.array([0.001, 0.025, 0.05, 0.5, 0.8, 0.975, 0.999])
X = np.array([0.0, 1e-9, 0.3, 1.0, 4.0, 50.0, 1e4, np.inf])
DF = np.array([1, 2, 3, 9, 49, 490, 10_000])[:, None]


def test_values_are_those_of_scipy_stats():
    same = np.testing.assert_array_equal
    same(ours.normal_quantile(P), stats.norm.ppf(P))
    same(-ours.normal_quantile(P), stats.norm.isf(P))
    same(ours.t_quantile(P, DF), stats.t.ppf(P, DF))
    same(ours.chi2_quantile(P, DF), stats.chi2.ppf(P, DF))
    same(ours.chi2_upper_quantile(P, DF), stats.chi2.isf(P, DF))
    same(ours.chi2_tail(X, DF), stats.chi2.sf(X, DF))
    for other in DF[:, 0]:
        same(ours.f_quantile(P, DF, other), stats.f.ppf(P, DF, other))
        same(ours.f_tail(X, DF, other), stats.f.sf(X, DF, other))


def test_wilson_intervals_are_those_of_scipy_stats():
    for diverged, trials in ((0, 7), (1, 7), (7, 7), (3, 50), (0, 1), (499, 500)):
        found, known = rate(diverged, trials).interval, stats.binomtest(diverged, trials).proportion_ci(LEVEL, "wilson")
        assert (found.low, found.high) == (known.low, known.high)


def test_a_page_is_made_without_scipy_stats():
    script = "import sys, segaug.report.page; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
