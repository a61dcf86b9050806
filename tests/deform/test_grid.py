import torch
from torch.nn import functional as F

from segaug.deform.grid import sampler_points


def components_in_axis_order(grid):
    """Torch's (B, *size, D), last axis first, as (B, D, *size)."""
    return grid.flip(-1).movedim(-1, 1)


def test_no_displacement_is_torchs_identity_grid_also_for_oblong_images():
    identity = F.affine_grid(torch.eye(2, 3)[None], [1, 1, 20, 37], align_corners=False)
    torch.testing.assert_close(sampler_points(torch.zeros(1, 2, 20, 37)), components_in_axis_order(identity))


def test_the_whole_width_is_two_sampler_units():
    field = torch.zeros(1, 2, 20, 37)
    field[:, 1] = 37  # columns
    moved = sampler_points(field) - sampler_points(torch.zeros_like(field))
    torch.testing.assert_close(moved[:, 1], torch.full((1, 20, 37), 2.0))
    assert (moved[:, 0] == 0).all()


def test_three_axes():
    field = torch.zeros(1, 3, 4, 5, 6)
    identity = F.affine_grid(torch.eye(3, 4)[None], [1, 1, 4, 5, 6], align_corners=False)
    torch.testing.assert_close(sampler_points(field), components_in_axis_order(identity))
