"""Dissimilarities in closed form."""

import pytest
import torch

from segaug.registration.similarity import CONTRAST, SIMILARITIES, LocalCorrelation, MeanSquares
from tests.registration.examples import texture


def noise(count: int = 1, size: tuple[int, int] = (40, 33), seed: int = 0) -> torch.Tensor:
    """Uniform noise of variance 100 / 12: that of every window is far above `CONTRAST`."""
    return 10 * torch.rand(count, 1, *size, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", SIMILARITIES)
@pytest.mark.parametrize("size", [(40, 33), (8, 8), (3, 5)])
def test_equal_images_are_0_and_at_a_minimum(name, size):
    for dtype in (torch.float32, torch.float64):
        image = texture(size, 2).to(dtype).requires_grad_()
        unlike = SIMILARITIES[name](image.detach())(image)
        assert unlike.item() == pytest.approx(0, abs=1e-6)
        (gradient,) = torch.autograd.grad(unlike.sum(), image)
        assert float(gradient.abs().max()) <= 1e-5


def test_mean_squares_is_the_mean_of_squares():
    image = noise(2)
    offset = torch.tensor([0.1, -0.3], dtype=torch.float64)
    unlike = MeanSquares(image)(image + offset.view(2, 1, 1, 1))
    torch.testing.assert_close(unlike, offset.square())


@pytest.mark.parametrize(("gain", "offset"), [(2, 0), (0.7, -0.4), (1, 5)])
def test_correlation_does_not_see_gain_and_offset(gain, offset):
    image = noise()
    assert LocalCorrelation(image)(gain * image + offset).item() < CONTRAST
    assert MeanSquares(image)(gain * image + offset).item() > 1


def test_correlation_does_not_see_slow_shading():
    image = noise(size=(64, 64))
    shading = torch.linspace(0.5, 1.5, 64, dtype=torch.float64)
    assert LocalCorrelation(image)(image * shading).item() < 0.01


def test_correlation_of_noise_with_a_flat_image():
    """c = 0 and va = 0 leave e / (vb + e) of each window."""
    image = 0.1 * noise(size=(120, 120))
    flat = torch.full_like(image, 0.3)
    assert LocalCorrelation(flat)(flat).item() == pytest.approx(0, abs=1e-12)
    assert LocalCorrelation(image)(flat).item() == pytest.approx(1 - CONTRAST / (1 / 12), rel=1e-3)


def test_correlation_of_unrelated_noise_is_near_1_and_of_a_negative_near_0():
    image = noise(size=(120, 120))
    assert LocalCorrelation(image)(noise(size=(120, 120), seed=1)).item() > 0.97  # 1 - 1 / (pixels of a window)
    assert LocalCorrelation(image)(-image).item() < 0.01


def test_it_is_symmetric_and_sees_no_orientation():
    one, other = noise(2), noise(2, seed=1) + noise(2)
    there = LocalCorrelation(one)(other)
    torch.testing.assert_close(LocalCorrelation(other)(one), there)
    torch.testing.assert_close(LocalCorrelation(one.mT)(other.mT), there)
    for axis in (2, 3):
        torch.testing.assert_close(LocalCorrelation(one.flip(axis))(other.flip(axis)), there)


@pytest.mark.parametrize("name", SIMILARITIES)
def test_rows_are_apart(name):
    one, other = noise(3).float(), noise(3, seed=1).float()
    whole = SIMILARITIES[name](one)(other)
    assert torch.equal(whole[1:2], SIMILARITIES[name](one[1:2])(other[1:2]))
