"""Point by point, each change beside what numpy makes of it."""

import numpy as np
import pytest
import torch

from segaug.augment.policy.intensity import brightened, contrasted, gamma, inverted_gamma, noisy, statistics
from segaug.rng import stream

EXPONENTS = (0.6, 1 / 1.1, 1.3, 1.6)


@pytest.fixture
def image():
    rng = stream(0, "image")
    smooth = torch.rand(4, 2, 5, 6, generator=rng, dtype=torch.float64)
    return torch.nn.functional.interpolate(smooth, size=(48, 56), mode="bicubic").clamp(0, 1) ** 1.5


def column(values):
    return np.asarray(values)[:, None, None, None]


def mean_and_std(x):
    return x.mean((1, 2, 3), keepdims=True), x.std((1, 2, 3), keepdims=True)


def numpy_gamma(x, exponent):
    """As published, of whole images: range, power, and mean and deviation restored about the mean."""
    low, span = x.min((1, 2, 3), keepdims=True), np.ptp(x, (1, 2, 3), keepdims=True) + 1e-6
    y = ((x - low) / span) ** column(exponent) * span + low
    (mean, std), (mean_after, std_after) = mean_and_std(x), mean_and_std(y)
    return (y - mean_after) * (std + 1e-6) / (std_after + 1e-6) + mean


def agree(ours, expected, **tolerance):
    torch.testing.assert_close(ours, torch.from_numpy(expected), **tolerance)


def test_statistics_are_those_of_all_pixels_and_channels(image):
    found, x = statistics(image), image.numpy()
    agree(found.mean, x.mean((1, 2, 3)))
    agree(found.std, x.std((1, 2, 3)))
    agree(found.low, x.min((1, 2, 3)))
    agree(found.high, x.max((1, 2, 3)))


def test_the_sketch_of_a_large_image_is_every_kth_pixel_and_of_a_small_one_all():
    large = torch.rand(1, 1, 256, 130, generator=stream(1))
    assert torch.equal(statistics(large).sketch, large[..., ::4, ::2])
    assert torch.equal(statistics(large[..., :100, :64]).sketch, large[..., :100, :64])


def test_shift_and_scale_act_about_the_mean_in_deviations(image):
    shift, factor = torch.tensor([0.3, -0.1, 0, 0.05]).double(), torch.tensor([1, 1.2, 1 / 1.3, 1]).double()
    mean, std = mean_and_std(image.numpy())
    expected = mean + (image.numpy() - mean + column(shift) * std) * column(factor)
    changed, after = brightened(image, statistics(image), shift, factor)
    agree(changed, expected)
    for one, other in zip(vars(after).values(), vars(statistics(changed)).values(), strict=True):
        torch.testing.assert_close(one, other)  # they follow exactly


def test_contrast_is_about_the_mean_and_clipped_to_the_range(image):
    factor = torch.tensor([1.3, 1 / 1.3, 1.05, 1]).double()
    x, (mean, _) = image.numpy(), mean_and_std(image.numpy())
    expected = np.clip(
        (x - mean) * column(factor) + mean, x.min((1, 2, 3), keepdims=True), x.max((1, 2, 3), keepdims=True)
    )
    changed, after = contrasted(image, statistics(image), factor)
    agree(changed, expected)
    for name in ("low", "high", "sketch"):
        torch.testing.assert_close(getattr(after, name), getattr(statistics(changed), name))


def test_gamma_is_a_power_within_the_range_that_keeps_mean_and_deviation(image):
    changed, after = gamma(image, statistics(image), torch.tensor(EXPONENTS, dtype=torch.float64))
    agree(changed, numpy_gamma(image.numpy(), EXPONENTS), atol=1e-9, rtol=0)
    for before, now in zip(mean_and_std(image.numpy()), mean_and_std(changed.numpy()), strict=True):
        np.testing.assert_allclose(now, before, atol=1e-5)
    for one, other in zip(vars(after).values(), vars(statistics(changed)).values(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)


def test_inverted_gamma_is_that_of_the_negative(image):
    changed, after = inverted_gamma(image, statistics(image), torch.tensor(EXPONENTS, dtype=torch.float64))
    agree(changed, -numpy_gamma(-image.numpy(), EXPONENTS), atol=1e-9, rtol=0)
    for one, other in zip(vars(after).values(), vars(statistics(changed)).values(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)


def test_gamma_of_a_patch_is_that_of_the_whole_image(image):
    """What stands in the patch does not decide what becomes of a grey value."""
    exponent = torch.tensor(EXPONENTS, dtype=torch.float64)
    whole, _ = gamma(image, statistics(image), exponent)
    patch, _ = gamma(image[..., 10:30, 20:40], statistics(image), exponent)
    torch.testing.assert_close(patch, whole[..., 10:30, 20:40])


def test_noise_has_its_deviation_for_each_pixel_and_is_that_of_its_seed():
    image = torch.rand(2, 3, 200, 200, generator=stream(2))
    whole, seeds = statistics(image), torch.tensor([3, 4])
    std = torch.tensor([0.1, 0.05])
    changed = noisy(image, whole, std, seeds)
    noise = changed - image
    torch.testing.assert_close(noise[:, 0], noise[:, 1], atol=1e-6, rtol=0)  # of a pixel, not of a channel
    torch.testing.assert_close(noise[:, 0].std((1, 2)), std * whole.std, atol=0, rtol=0.02)
    assert abs(noise[:, 0].mean()) < 1e-3
    assert abs(np.corrcoef(noise[:, 0].flatten(1).numpy())[0, 1]) < 0.02
    assert torch.equal(noisy(image, whole, std, seeds), changed)
    assert torch.equal(noisy(image[1:], whole.rows(torch.tensor([1])), std[1:], seeds[1:]), changed[1:])


@pytest.mark.parametrize("value", [0.0, 0.4])
def test_a_flat_image_stays_finite_and_but_for_a_shift_as_it_is(value):
    flat = torch.full((2, 1, 20, 24), value)
    whole, numbers = statistics(flat), torch.tensor([0.6, 1.5])
    for change in (gamma, inverted_gamma, contrasted):
        torch.testing.assert_close(change(flat, whole, numbers)[0], flat)
    torch.testing.assert_close(noisy(flat, whole, numbers, torch.tensor([1, 2])), flat)
    torch.testing.assert_close(brightened(flat, whole, numbers, numbers)[0], flat)
    black_corner = flat.clone()  # of a warp that looked outside
    black_corner[..., :5, :5] = 0
    for change in (gamma, inverted_gamma):
        assert change(black_corner, whole, numbers)[0].isfinite().all()
