import torch

from segaug.deform.affine import affine_px
from segaug.deform.affine_field import AffineField
from segaug.deform.compose import compose_px, composed
from segaug.deform.field import Dense
from segaug.deform.grid import sampler_points
from segaug.deform.warp import warp

SIZE = (37, 53)
MATRIX = torch.eye(2) + torch.tensor([0.0, 0.1, -0.2]).view(3, 1, 1) * torch.tensor([[1.0, 2.0], [-0.5, 1.0]])


def test_warping_by_it_is_warping_by_the_dense_field_to_the_bit():
    image, field = torch.rand(3, 1, *SIZE), AffineField(MATRIX, SIZE)
    assert torch.equal(field.dense_px(), affine_px(MATRIX, SIZE))
    assert torch.equal(warp(image, field), warp(image, affine_px(MATRIX, SIZE)))
    assert torch.equal(warp(image, field)[0], image[0])
    learned = AffineField(MATRIX.clone().requires_grad_(), SIZE)
    assert torch.equal(warp(image, learned), warp(image, field))


def test_two_of_them_are_one():
    inner, outer = AffineField(MATRIX, SIZE), AffineField(MATRIX.flip(0), SIZE)
    total = composed(inner, outer)
    assert torch.equal(total.matrix, MATRIX @ MATRIX.flip(0))
    inside = (..., slice(12, 25), slice(18, 35))
    expected = compose_px(inner.dense_px(), outer.dense_px())
    torch.testing.assert_close(total.dense_px()[inside], expected[inside], atol=1e-4, rtol=0)


def test_beside_a_dense_field_it_is_spelt_out():
    affine, dense = AffineField(MATRIX, SIZE), Dense(torch.randn(3, 2, *SIZE))
    assert torch.equal(composed(affine, dense).dense_px(), compose_px(affine.dense_px(), dense.displacement_px))
    assert torch.equal(composed(dense, affine).dense_px(), compose_px(dense.displacement_px, affine.dense_px()))


def test_only_some_rows():
    kept = AffineField(MATRIX, SIZE).only(torch.tensor([True, False, True]))
    assert torch.equal(kept.matrix[1], torch.eye(2))
    assert torch.equal(kept.matrix[2], MATRIX[2])
    assert kept.moves().tolist() == [False, False, True]


def test_points_of_rows_in_a_larger_image():
    first_px = torch.tensor([[0, 0], [3, 4], [8, 9]])
    points = AffineField(MATRIX, SIZE).points(slice(1, 3), (60, 70), first_px[1:])
    assert torch.equal(points, sampler_points(affine_px(MATRIX, SIZE), (60, 70), first_px)[1:])
