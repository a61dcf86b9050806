"""Images that are cropped to what is not black, padded to a square and resized."""

import numpy as np
import pytest

from segaug.data.rules.canvas import Canvas
from segaug.errors import ConfigError, DataError


def image(rows=4, columns=7):
    """A block of 2 x 5 in a frame of 1, with its own value in each pixel."""
    framed = np.ones((rows, columns), np.uint8)
    framed[1:3, 1:6] = np.arange(10, 20).reshape(2, 5) * 10
    return framed


def test_the_block_is_what_is_left_and_the_odd_row_of_padding_is_below():
    placed = Canvas(side=5).placed(image(), "", "x")
    assert placed.dtype == np.uint8
    np.testing.assert_array_equal(placed[1:3], image()[1:3, 1:6])
    assert not placed[[0, 3, 4]].any()


def test_a_side_of_twice_as_many_pixels_keeps_means_and_colours():
    grey = np.zeros((2, 2), np.uint8)
    grey[:, 0] = 200
    coloured = np.stack([grey, grey[:, ::-1], np.full((2, 2), 9, np.uint8)], axis=-1)
    placed = Canvas(side=4).placed(coloured, "", "x")
    assert placed.shape == (4, 4, 3)
    np.testing.assert_array_equal(placed[0, :, 0], placed[0, ::-1, 1])
    assert (placed[..., 2] == 9).all()


def test_values_of_16_bits_count_by_their_upper_half():
    wide = image().astype(np.uint16) * 256 + 255
    placed = Canvas(side=5).placed(wide, "", "x")
    np.testing.assert_array_equal(placed[1:3], wide[1:3, 1:6])


def test_images_of_a_site_that_are_whole_are_padded_alone():
    canvas = Canvas(side=7, whole=["JSRT"])
    np.testing.assert_array_equal(canvas.placed(image(), "JSRT", "x")[1:5], image())
    assert (canvas.placed(image(), "Montgomery", "x") != canvas.placed(image(), "JSRT", "x")).any()
    assert Canvas().placed(image(), "", "x") is not None
    np.testing.assert_array_equal(Canvas().placed(image(), "", "x"), image())


def test_a_black_image_has_nothing_to_crop_to():
    with pytest.raises(DataError, match=r"a\.png: has no pixel above 3 of 255, .* dataset\.canvas\.whole"):
        Canvas(side=5, above=3).placed(np.full((4, 4), 3, np.uint8), "", "a.png")


@pytest.mark.parametrize("options", [{"side": 0}, {"side": 9000}, {"above": 255}, {"above": -1}])
def test_impossible_options_are_refused(options):
    with pytest.raises(ConfigError, match=rf"dataset\.canvas\.{next(iter(options))}: got"):
        Canvas(**options)
