import pytest
import torch

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
