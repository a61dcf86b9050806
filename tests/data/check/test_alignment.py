"""Misplaced masks are found, and masks in their place are left alone."""

import numpy as np
import pytest

from segaug.data.check.alignment import misplaced
from segaug.data.check.edge_fit import outline


def cases(count: int = 24) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Bright ellipses of their own place and size in noise, and their masks."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:96, :96]
    images, masks = [], []
    for _ in range(count):
        (row, column), (high, wide) = rng.uniform(35, 60, 2), rng.uniform(8, 20, 2)
        mask = ((rows - row) / high) ** 2 + ((columns - column) / wide) ** 2 < 1
        images.append((60 * mask + rng.normal(0, 20, mask.shape)).astype(np.float32))
        masks.append(mask)
    return images, masks


def found(images: list[np.ndarray], masks: list[np.ndarray]) -> list[str]:
    pairs = enumerate(zip(images, masks, strict=True))
    return [str(note) for note in misplaced([(f"c{place:02}", outline(*pair)) for place, pair in pairs])]


def test_quiet_where_masks_are_in_place_also_with_few_images_and_noise_alone():
    images, masks = cases()
    assert found(images, masks) == []
    assert found(images[:5], masks[1:6]) == []  # too few to say
    noise = [np.random.default_rng(place).normal(size=(96, 96)).astype(np.float32) for place in range(24)]
    assert found(noise, masks) == []
    assert found(images, [mask & False for mask in masks]) == []


@pytest.mark.parametrize(("step", "which"), [(1, "next"), (-1, "previous")])
def test_masks_that_belong_to_a_neighbour_in_the_list(step, which):
    images, masks = cases()
    (note,) = found(images, masks[step:] + masks[:step])
    assert note.startswith(f"masks fit the {which} image of the list better than their own (23 compared)")


def test_masks_that_are_all_moved():
    images, masks = cases()
    (note,) = found(images, [np.roll(mask, 12, axis=0) for mask in masks])
    assert "moved by about -12 rows and 0 columns (24 compared)" in note
    large = [image.repeat(2, axis=0).repeat(2, axis=1) for image in images[:14]]
    (note,) = found(large, [np.roll(mask.repeat(2, axis=0).repeat(2, axis=1), -18, axis=1) for mask in masks[:14]])
    assert "moved by about 0 rows and 18 columns" in note


def test_two_masks_that_are_swapped():
    images, masks = cases()
    far = [0, max(range(24), key=lambda place: (masks[0] ^ masks[place]).sum())]
    masks[far[0]], masks[far[1]] = masks[far[1]], masks[far[0]]
    (note,) = found(images, masks)
    assert f"c00 and c{far[1]:02}" in note


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (np.fliplr, "mirrored left to right"),
        (np.flipud, "turned upside down"),
        (lambda mask: np.rot90(mask, 2), "turned by 180 degrees"),
        (np.transpose, "transposed (rows"),
        (np.rot90, "turned by 90 degrees to the right"),
        (lambda mask: np.rot90(mask, 3), "turned by 90 degrees to the left"),
    ],
)
def test_masks_that_are_turned_or_mirrored_and_how_to_turn_them_back(way, said):
    images, masks = cases()
    (note,) = found(images, [np.ascontiguousarray(way(mask)) for mask in masks])
    assert f"better when they are {said}" in note


def test_dark_structures_are_in_place_as_bright_ones_are():
    images, masks = cases()
    assert found([-image for image in images], masks) == []
    (note,) = found([-image for image in images], masks[1:] + masks[:1])
    assert "the next image" in note
