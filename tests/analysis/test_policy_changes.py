"""Changes of policies over seeds: what they are tested by, and what wandering to an end does not show."""

import numpy as np
import pytest
from scipy import stats

from segaug.analysis.comparison.effect import effect
from segaug.analysis.policies.changes import apart, changes

GROUPS = {"scale": ["identity", "small", "large"], "flip": ["identity", "flip"]}


def of(scale, flip):
    """Probabilities of doing nothing by seed; large takes three quarters of the rest."""
    scale, flip = np.asarray(scale, dtype=float), np.asarray(flip, dtype=float)
    return {
        "scale": np.stack([scale, (1 - scale) / 4, 3 * (1 - scale) / 4], axis=1),
        "flip": np.stack([flip, 1 - flip], axis=1),
    }


START = of([0.8] * 4, [0.5] * 4)


def test_a_change_is_the_mean_over_seeds_and_tested_as_log_odds():
    end = [0.5, 0.6, 0.45, 0.55]
    scale, flip = changes(GROUPS, START, of(end, [0.4, 0.6, 0.5, 0.5]))
    assert (scale.start, scale.end) == (pytest.approx(0.8), pytest.approx(np.mean(end)))
    assert scale.by_seed == pytest.approx([value - 0.8 for value in end])
    logit = np.log(np.array(end) / (1 - np.array(end))) - np.log(4)
    expected = stats.ttest_1samp(logit, 0)
    assert scale.tested.p_t == pytest.approx(expected.pvalue)
    assert scale.p_holm == pytest.approx(2 * expected.pvalue)  # of two groups
    assert scale.clear
    assert not flip.clear
    low, high = stats.ttest_1samp(scale.by_seed, 0).confidence_interval(0.95)
    assert (scale.effect.interval.low, scale.effect.interval.high) == pytest.approx((low, high))


def test_the_option_that_rose_most_is_told():
    scale, flip = changes(GROUPS, START, of([0.5] * 4, [0.9] * 4))
    assert (scale.risen, scale.risen_by) == ("large", pytest.approx(0.75 * 0.5 - 0.75 * 0.2))
    assert (flip.risen, flip.risen_by) == ("identity", pytest.approx(0.4))


def test_seeds_that_wander_to_the_same_end_are_no_certainty():
    ends = [0.97, 0.9999, 0.99, 0.9995]
    scale, _ = changes(GROUPS, START, of(ends, [0.5] * 4))
    assert effect(np.array(ends) - 0.8).p_t < 2e-4
    assert scale.tested.p_t > 0.005


def test_what_stays_is_no_change_and_a_forbidden_option_is_finite():
    held = of([1.0] * 4, [0.5] * 4)
    for change in changes(GROUPS, held, held):
        assert (change.effect.mean, change.tested.p_t, change.clear) == (0, 1, False)
    gone, _ = changes(GROUPS, START, of([0.0, 1.0, 0.5, 0.5], [0.5] * 4))
    assert np.isfinite(gone.tested.mean)


def test_one_seed_is_not_tested():
    one = {group: values[:1] for group, values in START.items()}
    (scale, _) = changes(GROUPS, one, {group: values[:1] for group, values in of([0.2] * 4, [0.5] * 4).items()})
    assert scale.effect.interval is None
    assert not scale.clear


def test_classes_are_compared_within_seeds():
    luck = np.array([0.3, -0.2, 0.1, -0.25])  # of a seed, shared by both classes
    own = np.array([0.01, -0.01, 0.01, -0.01])
    background, foreground = of(0.6 + luck, 0.5 + luck), of(0.5 + luck + own, 0.5 + luck)
    scale, flip = apart(background, foreground)
    assert scale.effect.mean == pytest.approx(-0.1)
    assert scale.effect.interval.high < -0.08
    assert scale.clear
    assert (flip.effect.mean, flip.clear) == (0, False)


def test_where_nothing_is_to_be_found_few_policies_are_said_to_have_changed():
    rng = np.random.default_rng(0)
    names = {f"group{place}": ["identity", "other"] for place in range(12)}
    start = {name: np.tile([0.8, 0.2], (5, 1)) for name in names}
    wrong = 0
    for _ in range(200):
        moved = {name: 1 / (1 + np.exp(-np.log(4) - 2 * rng.standard_normal(5))) for name in names}
        end = {name: np.stack([p, 1 - p], axis=1) for name, p in moved.items()}
        wrong += any(change.clear for change in changes(names, start, end))
    assert wrong <= 20  # 5 % of 200 are 10


def test_an_interval_ends_where_probabilities_do():
    start, end = ({group: values[:2] for group, values in of(*ends).items()} for ends in (
        ([0.8] * 4, [0.5] * 4), ([0.1, 0.9, 0.5, 0.5], [0.2, 0.8, 0.5, 0.5]),
    ))  # fmt: skip
    scale, flip = changes(GROUPS, start, end)
    assert (scale.effect.interval.low, scale.effect.interval.high) == pytest.approx((-0.8, 0.2))
    assert (flip.effect.interval.low, flip.effect.interval.high) == pytest.approx((-0.5, 0.5))
    (_, other) = apart(end, of([0.5] * 4, [0.8, 0.1, 0.5, 0.5]) | {"scale": end["scale"], "flip": 1 - end["flip"]})
    assert (other.effect.interval.low, other.effect.interval.high) == (-1, 1)
