"""Label noise: where it falls, and the floor of the cross-entropy that follows from it."""

import numpy as np
import pytest

from segaug.data.phantom import Phantom
from segaug.data.phantom.annotator import annotate, floor_bce, foreground_chance, second_opinion
from segaug.rng import stream

HALVES = np.repeat([[0, 0, 0, 0, 1, 1, 1, 1]], 8, axis=0)


def bce(chance: np.ndarray, marked: np.ndarray) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(-np.where(marked, np.log(chance), np.log1p(-chance)).mean())


@pytest.mark.parametrize("band", [0, 1, 2, 3])
def test_only_the_band_is_disputed(band: int) -> None:
    columns = (second_opinion(HALVES, band) != HALVES).all(0)
    np.testing.assert_array_equal(np.flatnonzero(columns), np.arange(4 - band, 4 + band))


def test_a_disputed_pixel_gets_the_nearest_other_label() -> None:
    three = np.repeat([[0, 0, 1, 1, 1, 1, 2, 2]], 4, axis=0)
    np.testing.assert_array_equal(second_opinion(three, 1)[0], [0, 1, 0, 1, 1, 2, 1, 2])


def test_a_mask_of_one_label_is_not_disputed() -> None:
    empty = np.zeros((8, 8), int)
    np.testing.assert_array_equal(annotate(empty, 2, 0.4, stream(0, "test")), empty)
    assert floor_bce(foreground_chance(empty, (1,), 2, 0.4), 0.4) == 0


def test_flips_come_at_the_stated_rate() -> None:
    truth = np.tile(HALVES, (500, 1))
    flipped = annotate(truth, 1, 0.2, stream(0, "test")) != truth
    np.testing.assert_allclose(flipped[:, 3:5].mean(), 0.2, atol=0.02)  # 4 standard errors
    assert not flipped[:, [0, 1, 2, 5, 6, 7]].any()


def test_the_floor_in_closed_form() -> None:
    """A quarter of the pixels is disputed, so the floor is a quarter of the entropy of the rate."""
    entropy = -(0.1 * np.log(0.1) + 0.9 * np.log(0.9))
    np.testing.assert_allclose(floor_bce(foreground_chance(HALVES, (1,), 1, 0.1), 0.1), entropy / 4)


def test_joined_structures_have_no_dispute_between_them() -> None:
    truth = HALVES + 1
    assert floor_bce(foreground_chance(truth, (1, 2), 1, 0.1), 0.1) == 0


@pytest.mark.parametrize(("family", "structure"), [("thorax", "lung"), ("template", "myo"), ("lesions", "lesion")])
def test_the_best_predictor_reaches_the_floor_and_others_do_not(family: str, structure: str) -> None:
    phantom = Phantom(family=family, structure=structure, images=12, label_noise=0.2)
    chance = np.stack([phantom.foreground_chance(index) for index in range(12)])
    marked = np.stack([np.isin(case.read_mask(), phantom.foreground()[0]) for case in phantom.cases()])
    floor = phantom.floor_bce()
    disputed = (chance > 0) & (chance < 1)
    error = 4 * np.sqrt(disputed.sum() * 0.2 * 0.8) * np.log(4) / chance.size  # of the mean, 4 standard deviations
    assert abs(bce(chance, marked) - floor) < error
    for other_rate in (0.05, 0.4):
        other = np.where(disputed, np.where(chance > 0.5, 1 - other_rate, other_rate), chance)
        assert bce(other, marked) > floor + error


def test_the_floor_is_the_mean_over_the_chosen_cases() -> None:
    phantom = Phantom(images=4)
    each = [phantom.floor_bce([index]) for index in range(4)]
    np.testing.assert_allclose(phantom.floor_bce([1, 3]), (each[1] + each[3]) / 2)
    np.testing.assert_allclose(phantom.floor_bce(), np.mean(each))


def test_no_label_noise_means_no_floor() -> None:
    assert Phantom(images=2, label_noise=0.0).floor_bce() == 0
    assert Phantom(images=2, label_band=0).floor_bce() == 0
