from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter, gaussian_laplace, zoom

from segaug.augment.policy.filters import blurred, low_resolution, sharpened
from segaug.augment.policy.intensity import column, statistics
from segaug.rng import stream

SIGMAS = (0.4, 0.5, 0.62, 0.7, 0.87, 0.9, 1.0)
ZOOMS = (0.4, 0.5, 0.63, 0.7, 0.8, 0.9, 0.999)


@pytest.fixture(params=[(40, 40), (37, 52), (5, 9), (150, 67), (7, 12, 10)], ids=str)
def image(request):
    return torch.rand(len(SIGMAS), 2, *request.param, generator=stream(0, "image"), dtype=torch.float64)


def each(function, image, *values):
    """A function of scipy on each channel of each row, with the row's own value."""
    rows = [np.stack([function(one, *own) for one in row.numpy()]) for row, *own in zip(image, *values, strict=True)]
    return torch.from_numpy(np.stack(rows))


def test_a_blur_is_scipys_with_each_rows_own_sigma(image):
    expected = each(gaussian_filter, image, SIGMAS)
    torch.testing.assert_close(blurred(image, torch.tensor(SIGMAS, dtype=torch.float64)), expected)
    single = blurred(image.float(), torch.tensor(SIGMAS))
    torch.testing.assert_close(single, expected.float(), atol=1e-6, rtol=0)


def test_sharpening_takes_scipys_laplacian_away_and_clips(image):
    sigma = torch.tensor(SIGMAS, dtype=torch.float64)
    whole = statistics(image)
    wide = replace(whole, low=whole.low - 9, high=whole.high + 9)
    centred = image - column(whole.mean, image)
    expected = image - each(gaussian_laplace, centred, SIGMAS)
    torch.testing.assert_close(sharpened(image, sigma, wide), expected)
    clipped = torch.maximum(torch.minimum(expected, column(whole.high, image)), column(whole.low, image))
    torch.testing.assert_close(sharpened(image, sigma, whole), clipped)


def test_low_resolution_is_scipys_linear_zoom_and_its_nearest_one(image):
    """As skimage.transform.resize calls it, of order 1 and then 0."""

    def there_and_back(one, share):
        small = tuple(np.round(np.array(one.shape) * share).astype(int))
        down = zoom(
            one, [k / n for k, n in zip(small, one.shape, strict=True)], order=1, mode="nearest", grid_mode=True
        )
        assert down.shape == small
        up = [n / k for k, n in zip(small, one.shape, strict=True)]
        return zoom(down, up, order=0, mode="nearest", grid_mode=True)

    ours = low_resolution(image, torch.tensor(ZOOMS, dtype=torch.float64))
    ties = (ours - each(there_and_back, image, ZOOMS)).abs() > 1e-9  # midway between two pixels, rounding decides
    assert ties.double().mean() < 0.02
    if image.ndim == 4 and image.shape[2] == 40:
        assert not ties[[i for i, share in enumerate(ZOOMS) if share == 0.63]].any()


@pytest.mark.parametrize("change", [blurred, low_resolution])
def test_a_row_does_not_depend_on_the_others(change, image):
    together = change(image, torch.tensor(SIGMAS, dtype=torch.float64))
    torch.testing.assert_close(change(image[2:3], torch.tensor(SIGMAS[2:3]).double()), together[2:3])


def test_a_flat_image_stays_under_all_filters():
    flat = torch.full((2, 1, 20, 24), 0.3)
    values = torch.tensor([0.5, 0.9])
    wide = replace(statistics(flat), low=torch.zeros(2), high=torch.ones(2))
    for changed in (blurred(flat, values), low_resolution(flat, values), sharpened(flat, values, wide)):
        torch.testing.assert_close(changed, flat)
