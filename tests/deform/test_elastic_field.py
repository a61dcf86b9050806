from math import cos, sin

import pytest
import torch

from segaug.deform.affine import affine_px
from segaug.deform.affine_field import AffineField
from segaug.deform.coarse import control_count, dense
from segaug.deform.compose import compose_px, composed
from segaug.deform.elastic_field import ElasticField
from segaug.deform.grid import centred_px, sampler_points
from segaug.deform.warp import warp

SIZE, SPACING = (40, 56), 7.0
FLIP = torch.tensor([[[-1.0, 0.0], [0.0, 1.0]]])
TURN = torch.tensor([[[cos(0.3), -sin(0.3)], [1.1 * sin(0.3), cos(0.3)]]])


def control(rows=1, size=SIZE, spacing_px=SPACING, magnitude_px=2.0, dtype=torch.float32):
    counts = [control_count(n, spacing_px) for n in size]
    return magnitude_px * torch.randn(rows, len(size), *counts, dtype=dtype)


def elastic(control_px, spacing_px=SPACING, size=SIZE, matrix=None):
    return ElasticField(control_px=control_px, spacing_px=spacing_px, size=size, matrix=matrix)


def positions(size=SIZE):
    like = torch.empty((), dtype=torch.float64)
    return torch.stack(torch.meshgrid(*(centred_px(n, like) for n in size), indexing="ij"))


def exactly(matrix, control_px, size=SIZE, spacing_px=SPACING):
    """M (c + offset(c)) - c, in float64."""
    looks = positions(size) + dense(control_px.double(), size, spacing_px)
    return torch.einsum("bij,bj...->bi...", matrix.double(), looks) - positions(size)


def test_a_constant_offset_before_a_turn_is_turned_with_it():
    shift = torch.tensor([2.0, -3.0]).view(1, 2, 1, 1)
    everywhere = shift.expand(1, 2, *control().shape[2:])
    total = AffineField(TURN, SIZE).read_at(elastic(everywhere)).dense_px()
    expected = affine_px(TURN, SIZE) + (TURN[0] @ shift.view(2)).view(1, 2, 1, 1)
    torch.testing.assert_close(total, expected, atol=1e-5, rtol=0)


def test_after_a_flip_the_composition_is_exact_to_the_bit():
    control_px = control()
    total = AffineField(FLIP, SIZE).read_at(elastic(control_px)).dense_px()
    mirrored = FLIP[0].diagonal().view(2, 1, 1)
    assert torch.equal(total, affine_px(FLIP, SIZE) + mirrored * dense(control_px, SIZE, SPACING))


def test_it_is_the_composition_of_the_dense_fields_and_nearer_to_the_truth():
    control_px, fields = control(), AffineField(TURN, SIZE)
    total = composed(fields, elastic(control_px)).dense_px()
    read = compose_px(fields.dense_px(), dense(control_px, SIZE, SPACING))
    truth, inside = exactly(TURN, control_px), (..., slice(10, 30), slice(10, 46))
    torch.testing.assert_close(total[inside], read[inside], atol=1e-4, rtol=0)
    assert (total - truth).abs().max() < 2e-5
    assert (read - truth).abs().max() > 0.1  # at the border, beyond which a dense field does not go on


def test_another_affine_map_may_stand_before_it():
    field = elastic(control())
    twice = AffineField(FLIP, SIZE).read_at(AffineField(TURN, SIZE).read_at(field)).dense_px()
    torch.testing.assert_close(twice.double(), exactly(FLIP @ TURN, field.control_px), atol=2e-5, rtol=0)


@pytest.mark.parametrize(("size", "spacing_px"), [(SIZE, SPACING), ((37, 53), 9.5), ((256, 256), 32.0)])
def test_points_are_those_of_the_dense_field(size, spacing_px):
    field = AffineField(TURN, size).read_at(elastic(control(1, size, spacing_px), spacing_px, size))
    apart = field.points(slice(None), size) - sampler_points(field.dense_px())
    assert (apart * max(size) / 2).abs().max() < 1e-4  # in pixels
    alone = elastic(field.control_px, spacing_px, size)
    apart = alone.points(slice(None), size) - sampler_points(alone.dense_px())
    assert (apart * max(size) / 2).abs().max() < 1e-4


def test_points_of_three_axes():
    size, matrix = (8, 10, 12), torch.eye(3) + 0.1 * torch.randn(2, 3, 3)
    field = elastic(control(2, size, 3.0), 3.0, size, matrix)
    torch.testing.assert_close(field.points(slice(None), size), sampler_points(field.dense_px()), atol=1e-5, rtol=0)


def test_points_in_a_larger_image_are_those_of_the_dense_field():
    field, first_px = elastic(control(2), matrix=TURN.repeat(2, 1, 1)), torch.tensor([[0, 3], [9, 2]])
    points = field.points(slice(1, 2), (60, 70), first_px[1:])
    assert torch.equal(points, sampler_points(field.dense_px(), (60, 70), first_px)[1:])


def test_rows_have_the_points_that_they_have_among_others():
    matrix = torch.eye(2) + 0.1 * torch.randn(5, 2, 2)
    field = elastic(control(5), matrix=matrix)
    every = field.points(slice(None), SIZE)
    assert torch.equal(field.points(slice(1, 3), SIZE), every[1:3])
    assert torch.equal(field.points(torch.tensor([4, 0]), SIZE), every[[4, 0]])
    alone = elastic(field.control_px[2:3], matrix=matrix[2:3])
    assert torch.equal(alone.points(slice(None), SIZE), every[2:3])


def test_where_it_only_flips_pixels_are_carried():
    image = torch.rand(1, 2, *SIZE)
    flipped = elastic(control(magnitude_px=0), matrix=FLIP)
    assert torch.equal(warp(image, flipped, "nearest"), image.flip(2))
    assert torch.equal(flipped.points(slice(None), SIZE)[:, 0], sampler_points(torch.zeros(1, 2, *SIZE))[:, 0].flip(1))


def test_rows_without_offset_and_matrix_keep_their_bits():
    image, control_px, matrix = torch.rand(4, 1, 37, 53), control(4, (37, 53)), TURN.repeat(4, 1, 1)
    control_px[1:], matrix[[1, 3]] = 0, torch.eye(2)
    control_px[3, 1, 2, 2] = float("nan")
    field = elastic(control_px, SPACING, (37, 53), matrix)
    assert field.moves().tolist() == [True, False, True, True]
    assert elastic(control_px, SPACING, (37, 53)).moves().tolist() == [True, False, False, True]
    shown = warp(image, field)
    assert torch.equal(shown[1], image[1])
    assert shown[3].isnan().any()


def test_only_some_rows():
    field = elastic(control(3), matrix=TURN.repeat(3, 1, 1))
    kept = field.only(torch.tensor([False, True, False]))
    assert torch.equal(kept.dense_px()[1], field.dense_px()[1])
    assert not kept.dense_px()[[0, 2]].any()
    alone = elastic(field.control_px).only(torch.tensor([False, True, False]))
    assert alone.moves().tolist() == [False, True, False]


def test_the_gradient_passes_to_matrix_and_control_points():
    image = torch.nn.functional.interpolate(torch.rand(2, 1, 5, 7, dtype=torch.float64), size=SIZE, mode="bicubic")
    weight = torch.rand_like(image)
    control_px = control(2, dtype=torch.float64).requires_grad_()
    matrix = TURN.double().repeat(2, 1, 1).requires_grad_()
    field = AffineField(matrix, SIZE).read_at(elastic(control_px))
    looks = torch.einsum("bij,bj...->bi...", matrix, positions() + dense(control_px, SIZE, SPACING)) - positions()
    ours, expected = (
        torch.autograd.grad((weight * warp(image, each)).sum(), (matrix, control_px)) for each in (field, looks)
    )
    for one, other in zip(ours, expected, strict=True):
        torch.testing.assert_close(one, other)
        assert one.abs().sum() > 0
