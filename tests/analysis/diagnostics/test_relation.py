"""Correlations over images: closed forms, what does not change them, and how often intervals hold the truth."""

import numpy as np
import pytest

from segaug.analysis.diagnostics.relation import relation
from segaug.analysis.law.resample import draw_cases

RNG = np.random.default_rng(0)
IMAGES = 30
Z = RNG.normal(size=IMAGES)
X = 0.8 * Z + RNG.normal(size=(2, IMAGES))
Y = -0.5 * Z - 0.3 * X + RNG.normal(size=(2, IMAGES))
COUNTS = draw_cases([f"case{place}" for place in range(IMAGES)], "test", 200)


def values(found):
    return [each.value for each in (found.slope, found.plain, found.partial, found.confounded)]


def residuals(values, z):
    line = np.polyfit(z, values, 1)
    return values - np.polyval(line, z)


def test_the_numbers_are_means_over_trials_of_what_numpy_finds_in_each():
    found = relation(Y, X, Z, COUNTS, IMAGES)
    pairs = list(zip(Y, X, strict=True))
    expected = [
        np.mean([np.polyfit(x, y, 1)[0] for y, x in pairs]),
        np.mean([np.corrcoef(y, x)[0, 1] for y, x in pairs]),
        np.mean([np.corrcoef(residuals(y, Z), residuals(x, Z))[0, 1] for y, x in pairs]),
        np.mean([np.corrcoef(x, Z)[0, 1] for x in X]),
    ]
    assert values(found) == pytest.approx(expected, abs=1e-12)
    for estimate in (found.slope, found.plain, found.partial, found.confounded):
        assert estimate.interval.low < estimate.value < estimate.interval.high


def test_units_do_not_matter_and_a_straight_line_in_z_is_taken_out():
    found, other = relation(Y, X, Z, COUNTS, IMAGES), relation(5 * Y - 2, 3 * X + 7, 2 * Z + 1, COUNTS, IMAGES)
    assert other.slope.value == pytest.approx(5 / 3 * found.slope.value)
    assert values(other)[1:] == pytest.approx(values(found)[1:])
    shifted = relation(Y + 4 * Z, X - 3 * Z, Z, COUNTS, IMAGES)
    assert shifted.partial.value == pytest.approx(found.partial.value)


def test_what_is_the_same_in_all_images_has_no_correlation_and_few_patients_no_interval():
    constant = relation(Y, np.full_like(X, 0.1), Z, COUNTS, IMAGES)
    assert np.isnan(constant.plain.value)
    assert constant.plain.interval is None
    assert relation(Y, X, Z, COUNTS, 4).plain.interval is None
    exact = relation(Z[None], 2 * Z[None], RNG.normal(size=IMAGES), COUNTS, IMAGES)
    assert (exact.plain.value, exact.plain.interval.high) == pytest.approx((1, 1))
    assert exact.plain.interval.high <= 1


def test_intervals_hold_the_true_partial_correlation_about_as_often_as_they_say():
    rng, rho, hits, studies = np.random.default_rng(1), -0.5, 0, 200
    for _ in range(studies):
        z, x, noise = rng.normal(size=(3, IMAGES))
        y = rho * x + (1 - rho**2) ** 0.5 * noise
        interval = relation((y + z)[None], (x - z)[None], z, COUNTS, IMAGES).partial.interval
        hits += interval.low <= rho <= interval.high
    assert hits / studies > 0.95 - 4 * (0.95 * 0.05 / studies) ** 0.5
