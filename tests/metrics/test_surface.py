"""HD95 against values worked out by hand, and against MONAI."""

import math
import time

import numpy as np
import pytest
import torch
from monai.metrics import compute_hausdorff_distance

from segaug.metrics import hd95
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


def test_equal_masks_have_distance_0():
    assert hd95(square(3, 3), square(3, 3), UNKNOWN).value.tolist() == [0]


def test_shift_in_pixels_without_spacing():
    """A quarter of the outline, the far side, is 4 pixels away: well above the 5 % that are left out."""
    result = hd95(square(3, 3), square(7, 3), UNKNOWN)
    assert (result.value.tolist(), result.unit) == ([4], "px")


@pytest.mark.parametrize(("shift", "expected"), [((6, 0), 6 * 0.5), ((0, 6), 6 * 2.0)])
def test_spacing_is_row_then_column(shift, expected):
    result = hd95(square(3, 3), square(3 + shift[0], 3 + shift[1]), torch.tensor([[0.5, 2.0]]))
    assert (result.value.tolist(), result.unit) == ([expected], "mm")


def test_single_pixels_are_a_euclidean_distance_apart():
    assert hd95(square(2, 2, side=1), square(5, 6, side=1), UNKNOWN).value.tolist() == [5]


def test_both_directions_count():
    """A far island in one mask: distances from the other mask to it stay small."""
    one = square(3, 3)
    two = torch.maximum(one, square(18, 18))
    value = hd95(one, two, UNKNOWN).value
    assert value == hd95(two, one, UNKNOWN).value
    assert value > 15


def test_95th_percentile_ignores_a_single_outlier():
    label = square(2, 2, side=18)
    mask = torch.maximum(label, square(23, 23, side=1))  # 1 of 69 outline pixels
    assert hd95(mask, label, UNKNOWN).value.tolist() == [0]


def test_empty_masks():
    empty = torch.zeros(1, 1, 24, 24)
    mask = torch.cat([empty, square(3, 3), empty, square(3, 3)])
    label = torch.cat([empty, empty, square(3, 3), square(3, 3)])
    result = hd95(mask, label, torch.tensor([[3.0, 4.0]]).expand(4, 2))
    assert result.value.tolist() == [0, 24 * 5, 24 * 5, 0]
    assert (result.both_empty, result.one_empty) == (1, 2)
    assert hd95(mask, label, UNKNOWN.expand(4, 2)).value[1] == pytest.approx(24 * math.sqrt(2))


def test_one_unknown_spacing_makes_all_pixels():
    """A mean over millimetres and pixels would mean nothing."""
    spacing = torch.tensor([[2.0, 2.0], [torch.nan, torch.nan]])
    result = hd95(square(3, 3).repeat(2, 1, 1, 1), square(7, 3).repeat(2, 1, 1, 1), spacing)
    assert (result.value.tolist(), result.unit) == ([4, 4], "px")


@pytest.mark.parametrize("spacing", [None, (1.0, 1.0), (0.7, 2.3)])
def test_same_as_monai(spacing):
    mask, label = blobs(8, 48, "mask"), blobs(8, 48, "label")
    ours = hd95(mask, label, torch.tensor([spacing or (torch.nan, torch.nan)]).expand(8, 2))
    theirs = compute_hausdorff_distance(mask, label, include_background=True, percentile=95, spacing=spacing)
    np.testing.assert_allclose(ours.value, theirs[:, 0].numpy(), rtol=1e-5)


def test_fast_enough_to_score_every_trial():
    mask, label = blobs(60, 64, "mask"), blobs(60, 64, "label")
    spacing = torch.ones(60, 2)
    start = time.process_time()
    hd95(mask, label, spacing)
    assert time.process_time() - start < 0.15  # 0.03 s measured
