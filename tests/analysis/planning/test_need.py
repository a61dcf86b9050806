"""Images for a target: the law inverted, the sizes compared, and refusals."""

import math

import numpy as np
import pytest

from segaug.analysis.law.fit import fit_curve
from segaug.analysis.law.noise import weighted_means
from segaug.analysis.planning.need import need, need_by_law, need_by_sizes
from tests.analysis.made_curve import curve
from tests.analysis.simulated import DESIGNS, errors, trials

SIZES = DESIGNS["4..128"]


def fitted(b=0.5, floor_share=0.2, sizes=SIZES, seeds=20, stream=0):
    return fit_curve(sizes, trials(np.random.default_rng(stream), sizes, b, floor_share, seeds))


def test_without_noise_the_law_is_inverted_exactly():
    values = np.repeat(errors(SIZES, 0.5, 0.2)[None], 5, axis=0)
    for size in (4.5, 20.0, 100.0):
        assert need_by_law(fit_curve(SIZES, values), float(errors(size, 0.5, 0.2, 128))).images == pytest.approx(size)


@pytest.mark.parametrize("size", [8.0, 30.0, 90.0])
def test_the_interval_ends_where_the_band_of_the_law_meets_the_target(size):
    fit = fitted()
    target = float(fit.law.predict(size))
    found = need_by_law(fit, target)
    assert found.outcome == "reached"
    assert found.images == pytest.approx(size)
    low, high = fit.default.profile.error([found.interval.low, found.interval.high])
    assert low[0] == pytest.approx(target)
    assert high[1] == pytest.approx(target)
    assert not found.interval.open_low
    assert not found.interval.open_high
    # every N between them, and none beside them, has the target among the errors that its interval holds
    inside = np.geomspace(found.interval.low * 1.001, found.interval.high * 0.999, 9)
    low, high = fit.default.profile.error([found.interval.low * 0.99, *inside, found.interval.high * 1.01])
    assert ((low <= target) & (target <= high)).tolist() == [False, *[True] * 9, False]


@pytest.mark.parametrize(("b", "floor_share"), [(0.5, 0.2), (0.8, 0.5)])
def test_intervals_hold_the_true_number_as_often_as_they_say(b, floor_share):
    target, hits = float(errors(40.0, b, floor_share, 128)), 0
    for stream in range(100):
        fit = fitted(b, floor_share, seeds=10, stream=stream)
        interval = need_by_law(fit, target).interval
        hits += (interval.low <= 40 or interval.open_low) and (interval.high >= 40 or interval.open_high)
    assert hits / 100 >= 0.89  # three standard errors below 95 %


def test_a_stricter_target_never_needs_fewer_images():
    fit = fitted()
    found = [need_by_law(fit, float(error)) for error in np.geomspace(0.3, 0.1, 12)]
    for name in ("low", "high"):
        assert (np.diff([getattr(one.interval, name) for one in found]) >= 0).all()


def test_nothing_is_said_below_the_smallest_size():
    fit = fitted()
    found = need_by_law(fit, 3 * float(fit.law.predict(4)))
    assert found.outcome == "already"
    assert found.images == 0
    assert (found.interval.low, found.interval.high, found.interval.open_low) == (4, 4, True)


def test_nothing_is_said_beyond_the_largest_size_without_a_claim():
    fit = fitted(sizes=DESIGNS["8..64"])  # four sizes: no claim
    assert fit.claimed_size == 64
    found = need_by_law(fit, 0.8 * float(fit.law.predict(64)))
    assert found.outcome == "beyond"
    assert (found.interval.low, found.interval.open_high) == (64, True)


def test_a_claimed_extrapolation_goes_to_four_times_the_largest_size_and_no_further():
    sizes = DESIGNS["1..512"]
    fit = fitted(0.5, 0.0, sizes, seeds=40)
    assert fit.claimed_size == 2048
    found = need_by_law(fit, float(fit.law.predict(1200)))
    assert found.outcome == "reached"
    assert found.images == pytest.approx(1200)
    found = need_by_law(fit, float(fit.law.predict(9000)))
    assert found.outcome == "beyond"
    assert found.interval.high == 2048


def test_a_target_near_the_end_may_or_may_not_be_reached():
    fit = fitted(sizes=DESIGNS["8..64"])
    found = need_by_law(fit, 0.99 * float(fit.law.predict(64)))
    assert found.outcome == "open"
    assert math.isinf(found.images)
    assert found.interval.low < 64
    assert found.interval.open_high


def test_below_an_identified_floor_no_number_is_enough():
    fit = fitted(0.8, 0.5, DESIGNS["1..512"])
    assert fit.verdict.floor == "identified"
    assert need_by_law(fit, 0.9 * fit.stated_floor.low).outcome == "unreachable"
    assert need_by_law(fit, 1.001 * fit.stated_floor.low).outcome == "beyond"


def test_without_an_identified_floor_a_target_is_beyond_never_unreachable():
    fit = fitted(0.3, 0.2, DESIGNS["8..64"])
    assert fit.verdict.floor == "not_identifiable"
    assert need_by_law(fit, 1e-6).outcome == "beyond"


# ---- where no law may be read


def by_sizes(means, noise=0.01, seeds=6):
    values = np.asarray(means) * np.exp(noise * np.random.default_rng(0).standard_normal((seeds, len(means))))
    return weighted_means(2.0 ** np.arange(len(means)), values)


def test_sizes_bracket_the_target_and_the_estimate_lies_between_in_log_log():
    found = need_by_sizes(by_sizes([0.8, 0.4, 0.2, 0.1], noise=1e-3), 0.4 / 2**0.5, "why")
    assert found.outcome == "reached"
    assert (found.interval.low, found.interval.high) == (2, 4)
    assert found.images == pytest.approx(2 * 2**0.5, rel=0.01)
    assert (found.fit, found.reason) == (None, "why")


def test_sizes_whose_interval_holds_the_target_decide_nothing():
    found = need_by_sizes(by_sizes([0.8, 0.4, 0.2, 0.1]), 0.4, "")
    assert (found.interval.low, found.interval.high) == (1, 4)


@pytest.mark.parametrize(
    ("error", "outcome", "images"), [(0.9, "already", 0), (0.05, "beyond", math.inf), (0.1, "open", None)]
)
def test_outside_the_sizes_nothing_is_said(error, outcome, images):
    data = by_sizes([0.8, 0.4, 0.2, 0.1])
    found = need_by_sizes(data, min(error, 0.999 * data.means[-1]) if outcome == "open" else error, "")
    assert found.outcome == outcome
    if images is not None:
        assert found.images == images


def test_a_bump_is_bracketed_from_outside():
    """Reached at 2, missed again at 4: the target may lie anywhere from 1 to 8, and no size in between decides."""
    found = need_by_sizes(by_sizes([0.8, 0.3, 0.5, 0.1], noise=1e-3), 0.4, "")
    assert (found.interval.low, found.interval.high) == (1, 8)
    assert 1 < found.images <= 8


def test_brackets_hold_the_true_number_at_least_as_often_as_they_say():
    sizes, hits = DESIGNS["8..64"], 0
    for stream in range(200):
        data = weighted_means(sizes, trials(np.random.default_rng(stream), sizes, 0.5, 0.2, 5))
        interval = need_by_sizes(data, float(errors(30.0, 0.5, 0.2, 64)), "").interval
        hits += interval.low <= 30 <= interval.high
    assert hits / 200 > 0.93


def test_one_seed_a_size_has_no_interval():
    found = need_by_sizes(weighted_means(np.array([1.0, 2.0]), np.array([[0.8, 0.2]])), 0.4, "")
    assert found.images == pytest.approx(2**0.5)
    assert found.interval.open_low
    assert found.interval.open_high


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.array([[0.8, 0.4], [0.7, 0.3]]), "needs at least 4 sizes over a factor of 8"),
        (np.array([[0.8, 0.4, 0.2], [0.7, 0.3, 0.1]]), "needs at least 4 sizes over a factor of 8"),
        (np.exp(0.01 * np.random.default_rng(0).standard_normal((9, 6))) * [0.9, 0.3, 0.8, 0.2, 0.7, 0.1], "not fit"),
    ],
)
def test_curves_without_a_readable_law_go_by_their_sizes(values, reason):
    found = need(curve(values, 2.0 ** np.arange(values.shape[1])), 0.5)
    assert found.fit is None
    assert reason in found.reason


def test_a_curve_with_a_law_goes_by_it():
    values = trials(np.random.default_rng(0), SIZES, 0.5, 0.2, 10)
    assert need(curve(values, SIZES), 0.15).images == need_by_law(fit_curve(SIZES, values), 0.15).images
