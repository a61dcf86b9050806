"""The size of a misfit: that of the shape, whatever the noise; nothing where there is only noise."""

import numpy as np
import pytest

from segaug.analysis.law.fit import fit_curve
from segaug.analysis.law.misfit import misfit
from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.law.weighted_law import LawFit, fit_law

SIZES = 2.0 ** np.arange(10)
LAW = 0.5 * SIZES**-0.5 + 0.05
WAVE = np.sin(np.arange(10) * np.pi / 2.2)  # no law follows it


def fitted(shape: np.ndarray, spread: float, seed: int, seeds: int = 20) -> LawFit:
    rng = np.random.default_rng(seed)
    return fit_law(weighted_means(SIZES, shape * np.exp(spread * rng.standard_normal((seeds, len(SIZES))))))


def test_it_is_that_of_the_shape_whatever_the_noise() -> None:
    shape = LAW * (1 + 0.02 * WAVE)
    precise = fitted(shape, 0.001, 0).misfit.beyond_noise
    assert precise == pytest.approx(0.02 / np.sqrt(2), rel=0.25)  # of a sine, less what the law can follow
    noisy = np.array([fitted(shape, 0.05, seed).misfit.beyond_noise for seed in range(20)])
    assert np.sqrt((noisy**2).mean()) == pytest.approx(precise, rel=0.3)


def test_noise_alone_is_no_misfit() -> None:
    found = np.array([fitted(LAW, 0.1, seed).misfit.beyond_noise for seed in range(40)])
    assert np.mean(found == 0) > 0.3  # chi2 is below its degrees of freedom in about half of curves
    assert np.sqrt((found**2).mean()) < 0.1 / np.sqrt(20)


def test_the_farthest_mean_is_named_with_its_side() -> None:
    found = fitted(LAW * np.where(SIZES == 32, 0.9, 1.0), 0.01, 0).misfit
    assert found.farthest_size == 32
    assert found.farthest == pytest.approx(-0.1, abs=0.03)
    assert f"by {100 * found.farthest:.1f} % at N = 32" in str(found)


def test_it_does_not_depend_on_the_unit_of_the_error() -> None:
    values = LAW * (1 + 0.05 * WAVE) * np.exp(0.05 * np.random.default_rng(0).standard_normal((5, len(SIZES))))
    one, thousand = (fit_curve(SIZES, scale * values).default.misfit for scale in (1, 1000))
    assert one.beyond_noise == pytest.approx(thousand.beyond_noise, rel=1e-6)
    assert one.farthest == pytest.approx(thousand.farthest, rel=1e-6)


def test_where_nothing_can_be_tested_the_size_is_unknown() -> None:
    single = fit_curve(SIZES, LAW[None] * np.exp(0.05 * np.random.default_rng(0).standard_normal((1, len(SIZES)))))
    assert single.default.misfit.beyond_noise is None
    assert "beyond noise" not in str(single.default.misfit)


def test_a_law_of_nothing_misses_every_mean_by_all_of_it() -> None:
    """A fit of correlated means may end there."""
    means = weighted_means(SIZES, LAW * np.exp(0.05 * np.random.default_rng(0).standard_normal((4, len(SIZES)))))
    found = misfit(PowerLaw(0.0, 0.5, 0.0), means, 1000.0, 7)
    assert found.farthest == 1
    assert found.beyond_noise == pytest.approx(np.sqrt(993 / (np.diag(means.precision) * means.means**2).sum()))
