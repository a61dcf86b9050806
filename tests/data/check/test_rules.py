"""Each rule of the check, on arrays."""

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from segaug.data.check.blank import blank_images, is_blank
from segaug.data.check.once import said_once
from segaug.data.check.polarity import extent, suspect_polarity
from segaug.data.check.proportions import enlarged, squeezed
from segaug.data.check.reduction import losses, reduced
from segaug.data.check.rim import has_rim, rims
from segaug.data.reduced import by_area, by_nearest
from segaug.data.strange import strange_values
from segaug.errors import DataError


def test_blank_is_one_value_or_the_noise_of_jpeg_around_it():
    rng = np.random.default_rng(0)
    assert is_blank(np.full((8, 9), 17, np.uint8))
    assert is_blank(rng.integers(16, 19, (8, 9, 3)).astype(np.uint8))
    assert is_blank(np.broadcast_to(np.array([200, 10, 30], np.uint8), (8, 9, 3)))
    assert not is_blank(rng.integers(0, 9, (8, 9)).astype(np.uint8))
    assert not is_blank(np.array([[300, 301]], np.uint16))
    (note,) = blank_images(["a", "b", "c", "d"], 40)
    assert str(note).startswith("4 of 40 images: blank")
    assert str(note).endswith("(a, b, c, ...)")


def test_polarity_is_suspected_where_foreground_fills_image_and_border():
    disc = np.hypot(*np.mgrid[-20:20, -20:20]) < 8
    large = np.hypot(*np.mgrid[-20:20, -20:20]) < 19
    assert not suspect_polarity({"a": extent(disc)})
    (note,) = suspect_polarity({"a": extent(~disc), "b": extent(~disc)})
    assert (note.mark, note.ids) == ("inverted?", ("a", "b"))
    (note,) = suspect_polarity({"a": extent(large), "b": extent(disc)})
    assert str(note).startswith("1 of 2 masks: foreground in more than half")
    assert "inverted" not in str(note)


def test_a_rim_is_1_and_255_in_one_mask_that_both_count():
    assert has_rim(np.array([[0, 1, 255]]))
    assert not has_rim(np.array([[0, 255]]))
    assert not rims(["a"], 4, (1,))
    (note,) = rims(["a"], 4, (1, 255))
    assert str(note).startswith("1 of 4 masks hold both 1 and 255")
    assert "'dataset.ignore=[255]'" in str(note)
    assert "'dataset.background=[0,255]'" in str(note)


def test_shapes_that_a_square_distorts():
    shapes = {"a": (32, 1024), "b": (100, 200), "c": (7, 9)}
    (note,) = squeezed(shapes, None)
    assert note.ids == ("a",)
    assert not squeezed(shapes, 7)
    (note,) = enlarged(shapes, None, 64)
    assert note.ids == ("c",)
    assert "7 x 9" in str(note)
    assert len(enlarged(shapes, 7, 64)[0].ids) == 3


@pytest.mark.parametrize("size", [7, 48, 64, 96])
def test_masks_are_reduced_as_labels_are_decoded(size):
    for rows, columns in ((7, 9), (59, 24), (191, 256), (512, 513)):
        mask = np.random.default_rng(rows).integers(0, 200, (rows, columns))
        decoded = interpolate(torch.from_numpy(mask)[None, None].float(), (size, size), mode="nearest-exact")[0, 0]
        np.testing.assert_array_equal(by_nearest(mask, (size, size)), decoded.numpy())


def test_by_area_is_foreground_where_half_is_covered():
    mask = np.zeros((6, 9), bool)
    mask[:2, :3] = True  # one pixel of (3, 3)
    mask[2:4, 3:5] = True  # two thirds of one
    mask[4:, 6] = True  # a third
    np.testing.assert_array_equal(by_area(mask, (3, 3)), np.diag([True, True, False]))
    assert by_area(np.ones((5, 7), bool), (3, 4)).all()
    half = np.arange(8)[:, None] < np.full(8, 4)
    assert by_area(half, (3, 3)).sum() == 6  # the middle row is covered by half


def dots(number: int) -> np.ndarray:
    """Three squares of 3 x 3 pixels in 256 x 256."""
    mask = np.zeros((256, 256), bool)
    for row, column in np.random.default_rng(number).integers(0, 250, (3, 2)):
        mask[row : row + 3, column : column + 3] = True
    return mask


def test_small_objects_are_lost_and_a_size_that_keeps_them_is_named():
    masks = [dots(number) for number in range(20)]
    seen = [reduced(mask, 32) for mask in masks]
    empty = sum(not by_nearest(mask, (32, 32)).any() for mask in masks)
    assert sum(each.empty for each in seen) == empty > 5
    assert all(each.empty_by_area for each in seen)  # 9 of 64 pixels
    assert all(each.kept_at[96] == each.objects for each in seen)  # a pixel in 2.7
    (note,) = losses(seen, 32)
    assert f"{empty} of 20 masks with foreground lose all of it" in str(note)
    assert "dataset.size=96 would keep 95 %" in str(note)
    assert not losses([reduced(mask, 256) for mask in masks], 256)
    disc = np.hypot(*np.mgrid[-64:64, -64:64]) < 30
    assert not losses([reduced(disc, 64)], 64)


def test_equal_problems_are_said_once_and_values_are_counted():
    alike = [DataError(file=name, problem="is broken", fix="mend it") for name in "abc"]
    assert said_once(alike) == ["a and 2 more: is broken; mend it"]
    sizes = [DataError(file=name, problem=f"has {n} pixels", fix="mend it") for name, n in (("a", 8), ("b", 9))]
    assert said_once(sizes) == ["a: has 8 pixels; mend it (1 more of this kind, with other numbers)"]
    found = [strange_values(name, np.array(values), (0, 1)) for name, values in (("a", [2, 2]), ("b", [2, 3]))]
    (said,) = said_once(found)
    assert said.startswith("a and 1 more: holds the values 2 (2 masks), 3 (1 masks); allowed are 0, 1; ")
    assert "add dataset.structures.NAME=2 dataset.structures.NAME1=3" in said
    (rim,) = said_once([strange_values("a", np.array([255]), (0, 1))])
    assert "'dataset.background=[0,255]' if they are background, or 'dataset.ignore=[255]' if they count for" in rim
    many = strange_values("a", np.arange(2, 99), (0, 1))
    assert "dataset.above_zero=true" in str(many)
