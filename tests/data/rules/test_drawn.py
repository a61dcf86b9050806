"""What lines enclose that were drawn into a copy of an image."""

import numpy as np
import pytest

from segaug.data.rules.drawn import INNER, OUTER, Lines
from segaug.errors import ConfigError, DataError

IMAGE = np.full((60, 80), 200, np.uint8)
IMAGE[::7] = 180


def ring(copy, top, left, bottom, right, width=2, value=0):
    """A rectangle of lines, the outer edges at these rows and columns."""
    inside = copy[top + width : bottom - width, left + width : right - width].copy()
    copy[top:bottom, left:right] = value
    copy[top + width : bottom - width, left + width : right - width] = inside
    return copy


def enclosed(copy, which=OUTER, lossy=False, **options):
    return Lines(**options).enclosed(IMAGE, copy, which, lossy=lossy, file="a-1.tif")


def box(top, left, bottom, right):
    mask = np.zeros(IMAGE.shape, bool)
    mask[top:bottom, left:right] = True
    return mask


def test_the_line_counts_as_inside_and_noise_does_not():
    copy = ring(IMAGE.copy(), 5, 10, 50, 60)
    copy[55:58, 70:75] = 0
    np.testing.assert_array_equal(enclosed(copy), box(5, 10, 50, 60))


def test_of_two_lines_the_inner_lies_in_the_outer_and_a_third_beside_both_is_neither():
    copy = ring(ring(ring(IMAGE.copy(), 5, 10, 50, 60), 20, 20, 40, 50), 5, 65, 30, 78)
    np.testing.assert_array_equal(enclosed(copy, count=2), box(5, 10, 50, 60))
    np.testing.assert_array_equal(enclosed(copy, INNER, count=2), box(20, 20, 40, 50))


def test_gaps_are_closed_and_an_outer_line_with_a_gap_is_not_taken_for_the_inner_one():
    copy = ring(ring(IMAGE.copy(), 5, 10, 50, 60), 20, 20, 40, 50)
    copy[25:29, 10:12] = IMAGE[25:29, 10:12]
    np.testing.assert_array_equal(enclosed(copy, count=2), box(5, 10, 50, 60))
    with pytest.raises(DataError, match=r"a-1\.tif: shows no 2 closed lines, one inside of the other: has one a gap"):
        enclosed(copy, count=2, gap_px=1)


def test_a_line_at_the_border_of_the_image_is_closed_by_itself_alone():
    np.testing.assert_array_equal(enclosed(ring(IMAGE.copy(), 0, 0, 60, 80)), box(0, 0, 60, 80))
    with pytest.raises(DataError, match="shows no closed line that its image has not"):
        enclosed(ring(IMAGE.copy(), 5, 10, 50, 60)[:, ::-1] * 0 + np.where(box(5, 10, 50, 12), 0, IMAGE))


def test_a_small_difference_is_a_line_in_exact_files_and_noise_in_lossy_ones():
    faint = ring(IMAGE.copy(), 5, 10, 50, 60, value=150)
    assert enclosed(faint).any()
    with pytest.raises(DataError, match="has nothing drawn into it that its image has not"):
        enclosed(faint, lossy=True)


def test_a_copy_of_another_image_is_refused():
    with pytest.raises(DataError, match=r"differs from its image in 100% of the pixels by more than 20 of 255"):
        enclosed(255 - IMAGE)


@pytest.mark.parametrize(
    "options", [{"above": 255}, {"above_lossy": -1}, {"least_px": 0}, {"gap_px": 51}, {"count": 3}]
)
def test_impossible_options_are_refused(options):
    with pytest.raises(ConfigError, match=rf"dataset\.lines\.{next(iter(options))}: got .*; use"):
        Lines(**options)
