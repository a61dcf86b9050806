import pytest
import torch
from torch.nn import functional

from segaug.augment.augpaint.boxes import MASKS, kept_cells, kept_pixels
from segaug.rng import stream


def labels(rows, structures, size, seed=0):
    """Blobs, some of them missing."""
    rng = stream(seed, "labels")
    coarse = torch.randn(rows, structures, 4, 4, generator=rng)
    return (functional.interpolate(coarse, size=size, mode="bicubic") > 1).float()


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("factor", [2, 4, 8])
@pytest.mark.parametrize("size", [(32, 32), (24, 40)])
def test_every_labelled_pixel_lies_in_a_kept_cell(mask, factor, size):
    label = labels(8, 2, size)
    kept = kept_pixels(label, mask)
    assert (kept >= label.any(1, keepdim=True)).all()
    cells = kept_cells(kept, factor)
    back = functional.interpolate(cells.float(), scale_factor=factor).bool()
    assert (back >= kept).all()
    spare = functional.avg_pool2d(kept.float(), factor)
    assert torch.equal(cells, spare > 0)  # and no cell without one


def test_a_box_reaches_from_the_first_to_the_last_labelled_pixel():
    label = torch.zeros(1, 2, 9, 9)
    label[0, 0, 1, 2] = label[0, 0, 4, 3] = 1  # 1..4 x 2..3
    label[0, 1, 8, 8] = 1
    wanted = torch.zeros(9, 9, dtype=torch.bool)
    wanted[1:5, 2:4] = wanted[8, 8] = True
    assert torch.equal(kept_pixels(label, "box")[0, 0], wanted)


def test_components_have_boxes_of_their_own_and_corners_connect():
    label = torch.zeros(1, 1, 9, 9)
    label[0, 0, 0, 0] = label[0, 0, 1, 1] = label[0, 0, 8, 8] = 1
    kept = kept_pixels(label, "component")[0, 0]
    assert kept.sum() == 5
    assert kept[:2, :2].all()
    assert kept_pixels(label, "box").all()


def test_label_in_component_in_box():
    label = labels(12, 1, (32, 32))
    pixels, components, boxes = (kept_pixels(label, mask) for mask in ("label", "component", "box"))
    assert torch.equal(pixels, label.bool())
    assert (pixels <= components).all()
    assert (components <= boxes).all()


def test_without_foreground_nothing_is_kept():
    assert not any(kept_pixels(torch.zeros(2, 1, 8, 8), mask).any() for mask in MASKS)
