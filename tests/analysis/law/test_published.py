"""The published fit is the unweighted least-squares fit to all trials, and its diagnostics mean what they say."""

import warnings

import numpy as np
import pytest
from scipy.optimize import curve_fit

from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.published import fit_published

SIZES = 2.0 ** np.arange(8)


def trials(a=1.0, b=0.5, c=0.05, seeds=10, spread=0.05, rng_seed=0):
    rng = np.random.default_rng(rng_seed)
    return (a * SIZES**-b + c) * np.exp(spread * rng.standard_normal((seeds, 8)))


def fit(values):
    return fit_published(weighted_means(SIZES, values))


def objective(law, values):
    return float(np.nansum((values - law.predict(SIZES)) ** 2))


def test_never_worse_than_scipy_on_all_trials():
    """The published routine, bounded, from several starts, on every single trial with its own weight of one."""
    for run in range(30):
        values = trials(c=0.02 * (run % 3), spread=0.2, rng_seed=run)
        values[run % 10, run % 8] = np.nan
        seed, size = np.nonzero(np.isfinite(values))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peers = [
                curve_fit(
                    lambda n, a, b, c: a * n**-b + c, SIZES[size], values[seed, size], (1, b, 0.01),
                    bounds=(0, [np.inf, 4, np.inf]), xtol=1e-13, ftol=1e-13, gtol=1e-13,
                )[0]
                for b in (0.2, 0.5, 1.0)
            ]  # fmt: skip
        theirs = min(float(np.nansum((values - (a * SIZES**-b + c)) ** 2)) for a, b, c in peers)
        ours = objective(fit(values).law, values)
        assert ours <= theirs * (1 + 1e-9)
        assert theirs <= ours * (1 + 1e-6)


def test_r2_and_residuals():
    perfect = fit(trials(spread=0.0))
    assert perfect.r2 == pytest.approx(1)
    assert perfect.residuals == pytest.approx(np.zeros(8), abs=1e-9)
    assert perfect.rss == pytest.approx(0, abs=1e-12)
    values = trials()
    found = fit(values)
    assert values.mean(axis=0) - found.residuals == pytest.approx(found.law.predict(SIZES))
    assert found.rss == pytest.approx(objective(found.law, values))
    assert fit(trials(a=0.0, c=0.3)).r2 < 0.9


def test_weighted_residuals_cancel_where_the_floor_is_free():
    """The normal equation of c; it fails if sizes with more trials do not count more."""
    values = trials(c=0.3)
    values[2:, 3] = np.nan
    found = fit(values)
    counts = np.array([10, 10, 10, 2, 10, 10, 10, 10])
    assert counts @ found.residuals == pytest.approx(0, abs=1e-9)
    assert abs(found.residuals.sum()) > 1e-4
