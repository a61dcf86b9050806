"""Label noise: where it falls, and the floor of the cross-entropy that follows from it."""

from dataclasses import replace

import numpy as np
import pytest

from segaug.data.phantom import Phantom
from segaug.data.phantom.annotator import annotate, floor_bce, foreground_chance, moved_contour, second_opinion
from segaug.errors import ConfigError
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


@pytest.mark.parametrize("by_px", [-2, -1, 1, 2])
def test_a_contour_moves_by_so_many_pixels_and_joins_the_nearest_side(by_px: int) -> None:
    """Rows of halves: a straight contour, beyond which there are by_px more columns."""
    moved = moved_contour(HALVES, (1,), by_px)
    np.testing.assert_array_equal(np.flatnonzero((moved != HALVES).all(0)), np.arange(*sorted((4 - by_px, 4))))
    assert moved.sum() == HALVES.sum() + 8 * by_px


def test_only_the_contour_of_what_is_chosen_moves() -> None:
    nested = np.zeros((32, 32), int)
    nested[4:28, 4:28], nested[12:20, 12:20] = 1, 2  # a cavity in a wall
    inner, whole = (moved_contour(nested, chosen, 1) for chosen in ((2,), (1, 2)))
    assert (inner == 2).sum() == 8 * 8 + 4 * 8  # an edge of pixels, whose corners are further away
    assert (inner == 0).sum() == (nested == 0).sum()
    assert (whole > 0).sum() == 24 * 24 + 4 * 24
    assert (whole == 2).sum() == (nested == 2).sum()


@pytest.mark.parametrize("truth", [np.zeros((8, 8), int), np.ones((8, 8), int)])
def test_without_a_contour_nothing_moves(truth: np.ndarray) -> None:
    np.testing.assert_array_equal(moved_contour(truth, (1,), 3), truth)


def test_a_source_of_other_contours_costs_what_the_closed_form_says() -> None:
    """The best prediction is the share of either source; on the base it pays -ln(1 - s) in the band."""
    base, added = (
        Phantom(family="template", structure="lv", images=6, label_noise=0, annotator_px=px) for px in (0, 2)
    )
    share = 16 / (8 + 16)
    excess, band = [], []
    for index in range(6):
        own, other = (source.foreground_chance(index) for source in (base, added))
        mixed = (1 - share) * own + share * other
        excess.append(bce_of(mixed, own))
        band.append((own != other).mean())
    assert min(band) > 0
    np.testing.assert_allclose(np.mean(excess), np.mean(band) * -np.log(1 - share))


def bce_of(predicted: np.ndarray, truth: np.ndarray) -> float:
    """Mean over pixels, for truths of 0 and 1."""
    return float(-np.log(np.where(truth == 1, predicted, 1 - predicted)).mean())


def test_annotators_and_looks_are_other_pixels_of_the_same_anatomy() -> None:
    plain = Phantom(family="template", structure="lv", images=2, noise=0, label_noise=0)
    outward, negative = (replace(plain, **shift) for shift in ({"annotator_px": 1}, {"appearance": 1.0}))
    (first, *_), (outer, *_), (dark, *_) = (phantom.cases() for phantom in (plain, outward, negative))
    np.testing.assert_array_equal(first.read_image(), outer.read_image())
    np.testing.assert_array_equal(first.read_mask(), dark.read_mask())
    lv = plain.foreground()[0]
    assert np.isin(outer.read_mask(), lv)[np.isin(first.read_mask(), lv)].all()
    np.testing.assert_allclose(dark.read_image(), 1 - first.read_image(), atol=1e-6)
    assert len({first.recipe, outer.recipe, dark.recipe}) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [({"appearance": 1.5}, "appearance.*0 .natural. to 1"), ({"annotator_px": 40}, "annotator_px.*-16 to 16 pixels")],
)
def test_shifts_out_of_range_are_refused(options: dict, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Phantom(**options)
