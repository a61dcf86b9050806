import pytest
import torch

from segaug.deform.compose import compose_px
from segaug.deform.warp import warp
from segaug.deform.window import _gathered, window

FIRST = torch.tensor([[0, 0], [5, 9], [12, 20]])
SIZE = (8, 11)
IMAGE = (20, 31)


def cut(image, first=FIRST, size=SIZE):
    """Row by row, by slices."""
    rows = [row[:, i : i + size[0], j : j + size[1]] for row, (i, j) in zip(image, first.tolist(), strict=True)]
    return torch.stack(rows)


def smooth(rows, channels, size, cells=4):
    coarse = torch.randn(rows, channels, cells, cells)
    return torch.nn.functional.interpolate(coarse, size=size, mode="bicubic")


@pytest.mark.parametrize("way", [window, _gathered], ids=["cpu", "gpu"])
def test_a_window_has_the_bits_of_the_image(way):
    image = torch.rand(3, 2, *IMAGE)
    assert torch.equal(way(image, FIRST, SIZE), cut(image))
    volume = torch.rand(2, 1, 5, 6, 7)
    shown = way(volume, torch.tensor([[1, 0, 3], [3, 4, 5]]), (2, 2, 2))
    assert torch.equal(shown[0], volume[0, :, 1:3, 0:2, 3:5])
    assert torch.equal(shown[1], volume[1, :, 3:5, 4:6, 5:7])


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
@pytest.mark.parametrize("size", [SIZE, (7, 11), (8, 10)])
def test_a_warp_onto_a_window_shows_what_one_onto_the_image_shows_there(mode, size):
    image, field = smooth(3, 2, IMAGE, cells=6), 4 * smooth(3, 2, IMAGE)
    shown = warp(image, cut(field, size=size), mode, first_px=FIRST)
    torch.testing.assert_close(shown, cut(warp(image, field, mode), size=size), atol=1e-5, rtol=0)


def test_beyond_the_window_is_the_image_and_beyond_that_nothing():
    image = torch.rand(3, 1, *IMAGE) + 1
    left = torch.zeros(3, 2, *SIZE)
    left[:, 1] = -9
    shown = warp(image, left, first_px=FIRST)
    torch.testing.assert_close(shown[1:], cut(image[1:], FIRST[1:] - torch.tensor([0, 9])), atol=1e-4, rtol=0)
    assert shown[0, ..., :9].max() < 1e-5


def test_where_nothing_moves_the_window_keeps_its_bits():
    image, field = torch.rand(3, 1, *IMAGE), torch.zeros(3, 2, *SIZE)
    field[1, 0, 5, 5] = 1e-6
    shown = warp(image, field, first_px=FIRST)
    assert torch.equal(shown[[0, 2]], cut(image)[[0, 2]])
    torch.testing.assert_close(shown[1], cut(image)[1], atol=1e-4, rtol=0)


def test_a_composed_field_is_read_at_its_place_in_the_image():
    inner, outer = smooth(3, 2, IMAGE), 3 * smooth(3, 2, IMAGE)
    total = compose_px(inner, cut(outer), FIRST)
    torch.testing.assert_close(total, cut(compose_px(inner, outer)), atol=1e-5, rtol=0)


def test_the_gradient_passes_to_field_and_image():
    image = torch.rand(3, 1, *IMAGE, requires_grad=True)
    field = torch.full((3, 2, *SIZE), 0.25, requires_grad=True)
    warp(image, field, first_px=FIRST).sum().backward()
    assert field.grad.abs().sum() > 0
    assert (cut(image.grad)[:, :, 1:, 1:] > 0).all()
