"""HD95 against values worked out by hand, and against MONAI."""

import math

import numpy as np
import pytest
import torch
from monai.metrics import compute_hausdorff_distance, compute_surface_dice

from segaug.metrics import Surfaces, hd95, surfaces
from segaug.metrics.surface import TOLERANCE, nsd
from segaug.rng import stream

UNKNOWN = torch.full((1, 2), torch.nan)


def square(row: int, column: int, side: int = 5, size: int = 24) -> torch.Tensor:
    mask = torch.zeros(1, 1, size, size)
    mask[..., row : row + side, column : column + side] = 1
    return mask


def blobs(cases: int, size: int, purpose: str) -> torch.Tensor:
    """Smooth random shapes, some of them touching the border."""
    noise = torch.randn(cases, 1, size // 8, size // 8, generator=stream(0, purpose))
    return (torch.nn.functional.interpolate(noise, size=size, mode="bicubic") > 0.3).float()


def distance(mask: torch.Tensor, label: torch.Tensor, spacing_mm: torch.Tensor = UNKNOWN) -> list[float]:
    """HD95 of single structures."""
    return hd95(surfaces(mask, label, spacing_mm))[:, 0].tolist()


def measured(mask: torch.Tensor, label: torch.Tensor, spacing_mm: torch.Tensor) -> tuple[list[float], Surfaces]:
    found = surfaces(mask, label, spacing_mm)
    return hd95(found)[:, 0].tolist(), found


def test_equal_masks_have_distance_0():
    assert distance(square(3, 3), square(3, 3)) == [0]


def test_shift_in_pixels_without_spacing():
    """A quarter of the outline, the far side, is 4 pixels away: well above the 5 % that are left out."""
    value, found = measured(square(3, 3), square(7, 3), UNKNOWN)
    assert (value, found.unit) == ([4], "px")


@pytest.mark.parametrize(("shift", "expected"), [((6, 0), 6 * 0.5), ((0, 6), 6 * 2.0)])
def test_spacing_is_row_then_column(shift, expected):
    value, found = measured(square(3, 3), square(3 + shift[0], 3 + shift[1]), torch.tensor([[0.5, 2.0]]))
    assert (value, found.unit) == ([expected], "mm")


def test_single_pixels_are_a_euclidean_distance_apart():
    assert distance(square(2, 2, side=1), square(5, 6, side=1)) == [5]


def test_both_directions_count():
    """A far island in one mask: distances from the other mask to it stay small."""
    one = square(3, 3)
    two = torch.maximum(one, square(18, 18))
    assert distance(one, two) == distance(two, one)
    assert distance(one, two)[0] > 15


def test_95th_percentile_ignores_a_single_outlier():
    label = square(2, 2, side=18)
    mask = torch.maximum(label, square(23, 23, side=1))  # 1 of 69 outline pixels
    assert distance(mask, label) == [0]


def test_empty_masks():
    empty = torch.zeros(1, 1, 24, 24)
    mask = torch.cat([empty, square(3, 3), empty, square(3, 3)])
    label = torch.cat([empty, empty, square(3, 3), square(3, 3)])
    value, found = measured(mask, label, torch.tensor([[3.0, 4.0]]).expand(4, 2))
    assert value == [0, 24 * 5, 24 * 5, 0]
    assert found.facts()["hd95"] == {"unit": "mm", "both_empty": 1, "one_empty": 2}
    assert nsd(found)[:, 0].tolist() == [1, 0, 0, 1]
    assert distance(mask, label, UNKNOWN.expand(4, 2))[1] == pytest.approx(24 * math.sqrt(2))


def test_a_missed_structure_is_as_far_as_the_diagonal_of_an_image_that_is_no_square():
    label = torch.zeros(2, 1, 30, 40)
    label[..., 3:8, 3:8] = 1
    assert distance(torch.zeros_like(label), label, UNKNOWN.expand(2, 2)) == [50, 50]
    spacing = torch.tensor([[1.0, 3.0], [4.0, 1.0]])
    assert distance(torch.zeros_like(label), label, spacing) == pytest.approx(
        [math.hypot(30, 120), math.hypot(120, 40)]
    )


def test_one_unknown_spacing_makes_all_pixels():
    """A mean over millimetres and pixels would mean nothing."""
    spacing = torch.tensor([[2.0, 2.0], [torch.nan, torch.nan]])
    value, found = measured(square(3, 3).repeat(2, 1, 1, 1), square(7, 3).repeat(2, 1, 1, 1), spacing)
    assert (value, found.unit) == ([4, 4], "px")


def pairs(cases: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Two structures in each case."""
    names = ("mask", "label")
    return tuple(torch.cat([blobs(cases, size, f"{name} {k}") for k in (0, 1)], 1) for name in names)  # type: ignore


@pytest.mark.parametrize("spacing", [None, (1.0, 1.0), (0.7, 2.3)])
def test_same_as_monai(spacing):
    mask, label = pairs(8, 48)
    ours = hd95(surfaces(mask, label, torch.tensor([spacing or (torch.nan, torch.nan)]).expand(8, 2)))
    theirs = compute_hausdorff_distance(mask, label, include_background=True, percentile=95, spacing=spacing)
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-5)


@pytest.mark.parametrize("spacing", [None, (1.0, 1.0), (0.7, 2.3)])
def test_surface_dice_is_that_of_monai(spacing):
    mask, label = pairs(8, 48)
    ours = nsd(surfaces(mask, label, torch.tensor([spacing or (torch.nan, torch.nan)]).expand(8, 2)))
    theirs = compute_surface_dice(mask, label, [TOLERANCE] * 2, include_background=True, spacing=spacing)
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-5)


@pytest.mark.parametrize(("shift", "expected"), [(2, 1.0), (3, 11 / 16)])
def test_surface_dice_counts_what_is_within_the_tolerance(shift, expected):
    """Of the 16 pixels of each outline (a square of 5) the far row lies as far away as the square was moved."""
    found = surfaces(square(3, 3), square(3 + shift, 3), UNKNOWN)
    assert nsd(found).item() == pytest.approx(expected)
    assert found.facts()["nsd"] == {"unit": "px", "tolerance": 2.0}


def test_structures_do_not_disturb_each_other():
    mask, label = pairs(3, 24)
    spacing = torch.ones(3, 2)
    together = hd95(surfaces(mask, label, spacing))
    for k in (0, 1):
        alone = hd95(surfaces(mask[:, k : k + 1], label[:, k : k + 1], spacing))
        np.testing.assert_array_equal(together[:, k], alone[:, 0])
