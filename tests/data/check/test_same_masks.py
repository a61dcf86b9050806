"""One mask under many names, and masks in place of images."""

import numpy as np

from segaug.data.check.same_masks import equal_masks, foreground_hash, images_of_masks, shows_its_mask

DISC = np.hypot(*np.mgrid[-9:9, -9:9]) < 5


def test_equal_masks_of_three_patients_are_told_and_those_of_one_are_not():
    same = foreground_hash(DISC)
    assert equal_masks([("a", "p", same), ("b", "q", same), ("c", "q", same), ("d", "r", "other")]) == []
    (note,) = equal_masks([("a", "p", same), ("b", "q", same), ("c", "r", same), ("d", "s", "other")])
    assert str(note).startswith("3 of 4 masks are equal, and of 3 patients")
    assert note.ids == ("a", "b", "c")


def test_masks_that_may_well_be_equal_have_no_content():
    field = np.zeros((8, 9), bool)
    field[2:6, 1:8] = True
    assert {foreground_hash(mask) for mask in (field, ~(field | ~field), np.ones((3, 3), bool))} == {""}
    assert len({foreground_hash(mask) for mask in (DISC, ~DISC, np.roll(DISC, 1))}) == 3


def test_an_image_that_is_its_mask():
    assert shows_its_mask(DISC * 255.0, DISC)
    assert shows_its_mask(~DISC * 7.0, DISC)
    assert not shows_its_mask(DISC * np.arange(18.0), DISC)
    assert not shows_its_mask(np.zeros(DISC.shape), DISC)
    assert not shows_its_mask(DISC[:9] * 1.0, DISC)
    (note,) = images_of_masks(["a"], 3)
    assert str(note).startswith("1 of 3 images show nothing but their masks")
