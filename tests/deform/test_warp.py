from dataclasses import replace

import pytest
import torch

from segaug.deform import blocks
from segaug.deform.affine_field import AffineField
from segaug.deform.coarse import control_count
from segaug.deform.elastic_field import ElasticField
from segaug.deform.warp import warp, warp_together


def constant(rows, columns, size):
    return torch.tensor([rows, columns], dtype=torch.float32).view(1, 2, 1, 1).repeat(1, 1, *size)


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
@pytest.mark.parametrize(("rows", "columns"), [(3, 0), (0, -4), (2, 5)])
def test_a_whole_pixel_field_is_a_shift_with_zeros_coming_in(mode, rows, columns):
    image = torch.rand(1, 2, 24, 33) + 1
    shown = warp(image, constant(rows, columns, (24, 33)), mode)
    expected = torch.zeros_like(image)
    for i in range(24):
        for j in range(33):
            if 0 <= i + rows < 24 and 0 <= j + columns < 33:
                expected[..., i, j] = image[..., i + rows, j + columns]
    torch.testing.assert_close(shown, expected, atol=1e-4, rtol=0)


def test_bilinear_is_exact_on_a_plane():
    rows, columns = torch.meshgrid(torch.arange(20.0), torch.arange(31.0), indexing="ij")
    shown = warp((3 * rows + columns)[None, None], constant(0.25, -0.5, (20, 31)))
    expected = 3 * (rows + 0.25) + columns - 0.5
    torch.testing.assert_close(shown[0, 0, :-1, 1:], expected[:-1, 1:], atol=1e-4, rtol=0)


def test_outside_is_zero_or_the_border():
    image, field = torch.full((1, 1, 8, 9), 5.0), constant(0, 100, (8, 9))
    assert (warp(image, field) == 0).all()
    assert (warp(image, field, padding="border") == 5).all()


def test_rows_without_displacement_keep_their_bits():
    image = torch.rand(3, 1, 37, 53)  # sides on which sampling at pixel centres does round
    field = torch.zeros(3, 2, 37, 53)
    field[1, 0, 5, 5] = 1e-6
    shown = warp(image, field)
    assert torch.equal(shown[[0, 2]], image[[0, 2]])
    assert not torch.equal(shown[1], image[1])


def test_a_broken_field_shows():
    field = torch.zeros(1, 2, 8, 9)
    field[0, 0, 3, 3] = float("nan")
    assert warp(torch.rand(1, 1, 8, 9), field).isnan().any()


def test_nearest_invents_no_value():
    label = torch.randint(0, 2, (2, 2, 30, 41)).float()
    shown = warp(label, 3 * torch.randn(2, 2, 30, 41), "nearest")
    assert set(shown.unique().tolist()) == {0, 1}


def test_together_is_each_alone():
    image, label, field = torch.rand(2, 3, 20, 25), torch.rand(2, 1, 20, 25), 2 * torch.randn(2, 2, 20, 25)
    both = warp_together(field, (image, "bilinear"), (label, "nearest"))
    assert torch.equal(both[0], warp(image, field))
    assert torch.equal(both[1], warp(label, field, "nearest"))


def test_three_axes_are_shifted_along_their_own():
    image = torch.rand(1, 1, 6, 7, 8)
    field = torch.zeros(1, 3, 6, 7, 8)
    field[0, 0], field[0, 1], field[0, 2] = 1, 2, 3
    shown = warp(image, field)
    torch.testing.assert_close(shown[..., :-1, :-2, :-3], image[..., 1:, 2:, 3:], atol=1e-4, rtol=0)


def test_the_gradient_with_respect_to_the_field_is_the_image_slope():
    plane = 3 * torch.arange(16.0).view(1, 1, 16, 1).repeat(1, 1, 1, 12)
    field = torch.full((1, 2, 16, 12), 0.25, requires_grad=True)
    warp(plane, field).sum().backward()
    torch.testing.assert_close(field.grad[0, 0, :-1, :-1], torch.full((15, 11), 3.0), atol=1e-4, rtol=0)


def test_rows_that_stay_have_the_values_and_gradients_that_they_have_alone():
    image = torch.rand(4, 2, 9, 7, dtype=torch.float64, requires_grad=True)
    field = torch.randn(4, 2, 9, 7, dtype=torch.float64)
    field[[0, 2]] = 0
    field.requires_grad_()
    together = warp(image, field)
    alone = torch.cat([warp(image[i : i + 1], field[i : i + 1]) for i in range(4)])
    torch.testing.assert_close(together, alone)
    weights = torch.rand_like(together)
    for one, other in zip(
        torch.autograd.grad((weights * together).sum(), (image, field)),
        torch.autograd.grad((weights * alone).sum(), (image, field)),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


def fields(rows, size):
    """One of each kind; rows 1 and 2 stay."""
    matrix = torch.eye(2) + 0.2 * torch.randn(rows, 2, 2)
    control_px = 2 * torch.randn(rows, 2, *(control_count(n, 6.0) for n in size))
    matrix[1:3], control_px[1:3] = torch.eye(2), 0
    elastic = ElasticField(control_px=control_px, spacing_px=6.0, size=size, matrix=matrix)
    return {"dense": elastic.dense_px(), "affine": AffineField(matrix, size), "elastic": elastic}


@pytest.mark.parametrize("kind", ["dense", "affine", "elastic"])
@pytest.mark.parametrize("cache_bytes", [1, 40_000, 10**9])
def test_how_many_rows_are_worked_on_at_a_time_changes_no_bit(monkeypatch, kind, cache_bytes):
    image, label, field = torch.rand(6, 2, 37, 29), torch.rand(6, 1, 37, 29).round(), fields(6, (37, 29))[kind]
    whole = warp_together(field, (image, "bilinear"), (label, "nearest"))
    monkeypatch.setattr(blocks, "_CACHE_BYTES", cache_bytes)
    for one, other in zip(warp_together(field, (image, "bilinear"), (label, "nearest")), whole, strict=True):
        assert torch.equal(one, other)
        assert torch.equal(one[1:3], (image if one.shape[1] == 2 else label)[1:3])


@pytest.mark.parametrize("cache_bytes", [1, 20_000, 10**9])
def test_nor_does_it_in_a_window(monkeypatch, cache_bytes):
    image, first_px = torch.rand(6, 1, 60, 40), torch.tensor([[i, 2 * i] for i in range(6)])
    every = fields(6, (37, 20))
    whole = [warp(image, field, first_px=first_px) for field in every.values()]
    monkeypatch.setattr(blocks, "_CACHE_BYTES", cache_bytes)
    for field, expected in zip(every.values(), whole, strict=True):
        assert torch.equal(warp(image, field, first_px=first_px), expected)


@pytest.mark.parametrize("kind", ["dense", "affine", "elastic"])
def test_where_gradients_are_asked_for_the_image_is_the_same(kind):
    image, field = torch.rand(6, 1, 37, 29), fields(6, (37, 29))[kind]
    assert torch.equal(warp(image.clone().requires_grad_(), field), warp(image, field))


def test_points_are_asked_for_as_many_rows_at_a_time_as_the_cache_keeps(monkeypatch):
    image, field = torch.rand(6, 1, 37, 29), fields(6, (37, 29))["elastic"]
    asked, points = [], ElasticField.points
    monkeypatch.setattr(
        ElasticField, "points", lambda self, rows, *rest: asked.append(rows) or points(self, rows, *rest)
    )
    monkeypatch.setattr(blocks, "_CACHE_BYTES", 2 * 4 * 37 * 29 * 4)  # of two rows: points, image and what is made
    warp(image, field)
    assert asked == [slice(0, 1), slice(3, 5), slice(5, 6)]  # and for none of those that stay
    warp(image.requires_grad_(), field.only(torch.ones(6, dtype=torch.bool)))
    assert asked[3].tolist() == [0, 3, 4, 5]
    matrix = 2 * torch.eye(2).expand(6, -1, -1)
    warp(image, replace(field, matrix=matrix))
    assert asked[4] == slice(None)
