import pytest
import torch
from monai.transforms import CenterSpatialCrop
from monai.transforms.utils import create_control_grid
from scipy.ndimage import zoom
from torch.nn import functional as F

from segaug.deform.coarse import control_count, dense, stretched

CASES = [((64, 64), 8.0), ((256, 256), 32.0), ((57, 40), 7.0), ((100, 90), 12.5), ((31, 48), 3.7)]


@pytest.mark.parametrize(("size", "spacing_px"), CASES)
def test_as_many_control_points_as_monai(size, spacing_px):
    grid = create_control_grid(size, (spacing_px, spacing_px), backend="torch")
    assert [control_count(n, spacing_px) for n in size] == list(grid.shape[1:])


@pytest.mark.parametrize(("size", "spacing_px"), CASES)
def test_the_products_are_interpolation_and_a_crop_about_the_middle(size, spacing_px):
    control = torch.randn(2, 3, *(control_count(n, spacing_px) for n in size))
    enlarged = F.interpolate(
        control, scale_factor=(spacing_px, spacing_px), recompute_scale_factor=True, mode="bicubic", align_corners=False
    )
    expected = torch.stack([CenterSpatialCrop(size)(image) for image in enlarged])
    torch.testing.assert_close(dense(control, size, spacing_px), expected, atol=2e-5, rtol=0)


def test_constants_stay_on_three_axes():
    size = (9, 10, 12)
    control = torch.full((1, 1, *(control_count(n, 3.0) for n in size)), 2.5)
    torch.testing.assert_close(dense(control, size, 3.0), torch.full((1, 1, *size), 2.5))


def test_weights_made_in_inference_mode_serve_a_gradient_later():
    size, counts = (22, 26), (control_count(22, 5.5), control_count(26, 5.5))
    with torch.inference_mode():
        dense(torch.zeros(1, 1, *counts), size, 5.5)
    control = torch.zeros(1, 1, *counts, requires_grad=True)
    dense(control, size, 5.5).sum().backward()
    torch.testing.assert_close(control.grad.sum(), torch.tensor(22.0 * 26))


@pytest.mark.parametrize("spacing_px", [1.0, 3.0, 4.5, 8.0])
def test_control_points_cover_the_axis_with_one_to_spare_on_either_side_and_no_more(spacing_px):
    for n in range(2, 80):
        covering = next(count for count in range(4 + n % 2, 200, 2) if (count - 3) * spacing_px >= n - 1)
        assert control_count(n, spacing_px) == covering


def test_a_spline_over_the_image_is_scipys():
    control = torch.randn(2, 2, 3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    ours = stretched(control, (40, 57))
    for image, channel in ((0, 0), (1, 1)):
        zooms = (40 / 3, 57 / 3)
        peer = zoom(control[image, channel].numpy(), zooms, order=3, mode="mirror", grid_mode=True)
        torch.testing.assert_close(ours[image, channel], torch.from_numpy(peer), atol=1e-9, rtol=0)


def test_a_spline_of_equal_points_is_flat():
    torch.testing.assert_close(stretched(torch.full((1, 2, 3, 3), 2.5), (32, 20)), torch.full((1, 2, 32, 20), 2.5))
