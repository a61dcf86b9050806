"""The affine start finds known maps, exactly composed with what follows."""

import pytest
import torch

from segaug.deform.warp import warp
from segaug.registration.affine import affine_field_px, align, followed_by, inverted
from tests.registration.examples import blob, pairs, texture

SIZES = [(64, 64), (96, 48)]
MAP = torch.tensor([[[1.1, 0.15, 0.06], [-0.1, 0.92, -0.08]]], dtype=torch.float64)


def scene(size: tuple[int, int]) -> torch.Tensor:
    return blob(size, (0.5, 0.47), (0.28, 0.2)) + 0.3 * texture(size, 4)


@pytest.mark.parametrize("size", SIZES)
def test_a_known_map_is_found(size):
    moving = scene(size).float()
    expected = affine_field_px(MAP, size).float()
    found = affine_field_px(align(moving, warp(moving, expected, padding="border")), size)
    inside = (slice(None), slice(None), slice(12, -12), slice(12, -12))
    assert float((found - expected)[inside].norm(dim=1).mean()) < 0.05 * float(expected[inside].norm(dim=1).mean())


def test_the_field_is_the_map_in_pixels():
    field = affine_field_px(MAP, (64, 128))
    row, column = 10 - 31.5, 100 - 63.5
    assert field[0, 0, 10, 100].item() == pytest.approx(0.1 * row + 0.15 * column + 0.06 * 128)
    assert field[0, 1, 10, 100].item() == pytest.approx(-0.1 * row - 0.08 * column - 0.08 * 128)


def test_the_inverse_leads_back():
    back = followed_by(affine_field_px(MAP, (80, 80)), inverted(MAP))
    assert float(back[:, :, 20:-20, 20:-20].abs().max()) < 1e-6


def test_no_affine_map_changes_nothing():
    field = torch.randn(1, 2, 8, 8)
    assert followed_by(field, None) is field


@pytest.mark.parametrize("flat", [0.0, 0.7])
def test_an_image_is_aligned_to_itself_and_a_flat_one_by_doing_nothing(flat):
    image = torch.cat([pairs()[0], torch.full((1, 1, 64, 64), flat)])
    assert torch.equal(align(image, image), torch.eye(2, 3).expand(4, 2, 3))


def test_rows_are_apart():
    moving, fixed = pairs()
    assert torch.equal(align(moving, fixed)[1:2], align(moving[1:2], fixed[1:2]))
