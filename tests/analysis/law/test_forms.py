"""Each form recovers itself, is never beaten by itself with other parameters, and AICc pays for parameters."""

import numpy as np
import pytest

from segaug.analysis.law.flexible_forms import FLEXIBLE_FORMS, _m4_curve
from segaug.analysis.law.forms import FORMS, LAW, aicc, alternatives, without_last
from tests.slow_rest import slow_but

SIZES = 2.0 ** np.arange(1, 9)
TRUTHS = {
    "constant": np.full(8, 0.3),
    "power law": 0.5 * SIZES**-0.6,
    "logarithm": 0.5 - 0.06 * np.log(SIZES),
    LAW: 0.5 * SIZES**-0.6 + 0.05,
    "exponential with floor": 0.3 * np.exp(-SIZES / 20) + 0.05,
    "power law with one break": 0.5 * np.where(SIZES < 10, SIZES**-0.2, 10**0.6 * SIZES**-0.8),
    "M4": _m4_curve(np.array([np.log(0.1), np.log(0.5), 0.5, 0.0, 0.7]), SIZES)[0],
}
BEYOND = np.array([512.0, 1024.0])


def fitted(name, means, precision=None):
    precision = np.diag(1 / (0.02 * means) ** 2) if precision is None else precision
    (form,) = (form for form in FORMS + FLEXIBLE_FORMS if form.name == name)
    (found,) = alternatives(SIZES, means, precision, (form,))
    return found


@pytest.mark.parametrize("name", TRUTHS)
def test_recovers_itself(name):
    found = fitted(name, TRUTHS[name])
    assert found.predict(SIZES) == pytest.approx(TRUTHS[name], rel=1e-3)
    assert found.chi2 < 0.1
    # fewer sizes leave the floor of M4 open
    assert found.holdout_errors == pytest.approx((0, 0), abs=2e-2 if name == "M4" else 1e-4)


@pytest.mark.parametrize("name", slow_but(TRUTHS, *(TRUTHS.keys() - {"M4"})))
def test_scaling_the_errors_scales_the_fit(name):
    rng = np.random.default_rng(0)
    means = TRUTHS["M4"] * (1 + 0.02 * rng.standard_normal(8))
    one, scaled = fitted(name, means), fitted(name, 1e-6 * means)
    assert scaled.predict(BEYOND) == pytest.approx(1e-6 * one.predict(BEYOND), rel=2e-3)
    assert scaled.chi2 == pytest.approx(one.chi2, rel=1e-3)


@pytest.mark.parametrize("unit", slow_but([1e-6, 1e3], "1e-06"))
def test_m4_recovers_errors_of_any_unit(unit):
    """A bound that does not move with the errors would cut it off; fitted once, as its hold-outs take seconds."""
    (m4,) = (form for form in FLEXIBLE_FORMS if form.name == "M4")
    means = unit * TRUTHS["M4"]
    assert m4.fit(SIZES, means, np.diag(1 / (0.02 * means) ** 2))(SIZES) == pytest.approx(means, rel=1e-3)


def test_the_right_form_has_the_support():
    rng = np.random.default_rng(2)
    for name in ("power law", "logarithm", LAW, "exponential with floor"):
        means = TRUTHS[name] * (1 + 0.005 * rng.standard_normal(8))
        found = alternatives(SIZES, means, np.diag(1 / (0.005 * means) ** 2), FORMS)
        assert max(found, key=lambda one: one.akaike_weight).form == name
        assert sum(one.akaike_weight for one in found) == pytest.approx(1)


def test_more_freedom_never_fits_worse():
    rng = np.random.default_rng(3)
    for _ in range(20):
        means = rng.uniform(0.1, 0.5, 8)
        chi2 = {one.form: one.chi2 for one in alternatives(SIZES, means, np.diag(1 / means**2), FORMS)}
        assert chi2[LAW] <= min(chi2["power law"], chi2["constant"]) * (1 + 1e-6)
        assert chi2["exponential with floor"] <= chi2["constant"] * (1 + 1e-6)


def test_weights_of_correlated_means_are_used():
    """With one very precise size every form goes through it; correlation changes the constant's level."""
    means = TRUTHS[LAW] * np.linspace(0.9, 1.1, 8)
    precise = np.diag([1, 1, 1, 1e9, 1, 1, 1, 1.0])
    for form in FORMS:
        assert fitted(form.name, means, precise).predict(SIZES[3:4]) == pytest.approx(means[3], rel=1e-3)
    covariance = 0.01 * (0.5 + 0.5 * np.eye(8))
    covariance[0, 0] = 1.0
    precision = np.linalg.inv(covariance)
    level = precision.sum(axis=0) @ means / precision.sum()
    assert fitted("constant", means, precision).predict(SIZES[:1]) == pytest.approx(level)


def test_hold_out_errors_are_those_of_the_largest_size():
    means = TRUTHS[LAW]
    found = fitted("constant", means, np.eye(8))
    expected = [abs(means[:-1].mean() - means[-1]), abs(means[:-2].mean() - means[-1])]
    assert found.holdout_errors == pytest.approx(expected)


def test_precision_of_what_remains():
    covariance = 0.5 + 0.5 * np.eye(5)
    assert np.linalg.inv(without_last(np.linalg.inv(covariance), 2)) == pytest.approx(covariance[:3, :3])


def test_aicc_is_finite_however_few_the_sizes():
    assert aicc(5.0, 2, 100) == pytest.approx(9 + 12 / 97)
    assert aicc(5.0, 3, 4) == 5 + 6 + 24 / 0.5


def test_forms_with_too_many_parameters_are_left_out():
    means = TRUTHS[LAW]
    names = [one.form for one in alternatives(SIZES[:3], means[:3], np.eye(3), FORMS + FLEXIBLE_FORMS)]
    assert names == ["constant", "power law", "logarithm"]
    five = alternatives(SIZES[:5], means[:5], np.eye(5), FORMS + FLEXIBLE_FORMS)
    assert [one.form for one in five] == [form.name for form in FORMS]
    assert all(len(one.holdout_errors) == 1 for one in five)
