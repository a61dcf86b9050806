from math import cos, pi, sin

import torch

from segaug.deform.affine import affine_px
from segaug.deform.warp import warp


def test_identity_is_exactly_zero():
    assert (affine_px(torch.eye(2).repeat(3, 1, 1), (37, 53)) == 0).all()


def test_a_flip_moves_by_whole_pixels_and_mirrors_the_image():
    image = torch.rand(1, 1, 37, 53)
    field = affine_px(torch.tensor([[[1.0, 0.0], [0.0, -1.0]]]), (37, 53))
    assert torch.equal(field, field.round())
    torch.testing.assert_close(warp(image, field), image.flip(3), atol=2e-5, rtol=0)
    assert torch.equal(warp(image, field, "nearest"), image.flip(3))


def test_a_quarter_turn_is_rot90_about_the_middle():
    image = torch.rand(1, 1, 32, 32)
    turn = torch.tensor([[[cos(pi / 2), -sin(pi / 2)], [sin(pi / 2), cos(pi / 2)]]])
    clockwise = torch.rot90(image, -1, dims=(2, 3))
    torch.testing.assert_close(warp(image, affine_px(turn, (32, 32))), clockwise, atol=1e-4, rtol=0)


def test_three_axes():
    matrix = torch.eye(3) + 0.1 * torch.randn(2, 3, 3)
    corner = torch.tensor([-1.5, -2.0, -2.5])  # of a 4 x 5 x 6 image, from its middle
    field = affine_px(matrix, (4, 5, 6))
    torch.testing.assert_close(field[:, :, 0, 0, 0], matrix @ corner - corner)
