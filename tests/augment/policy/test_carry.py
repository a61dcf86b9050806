import pytest
import torch

from segaug.augment.policy.carry import carried
from segaug.deform.affine import affine_px
from segaug.deform.warp import warp
from segaug.errors import ConfigError
from segaug.rng import stream

SQUARE = torch.tensor(
    [
        [[1, 0], [0, 1]], [[-1, 0], [0, 1]], [[1, 0], [0, -1]], [[-1, 0], [0, -1]],
        [[0, -1], [1, 0]], [[0, 1], [-1, 0]], [[0, 1], [1, 0]], [[0, -1], [-1, 0]],
    ]
).float()  # fmt: skip


def test_it_shows_what_the_warp_by_the_same_matrix_shows():
    """Sides that are a power of two are sampled exactly."""
    image = torch.rand(8, 3, 16, 16, generator=stream(0))
    assert torch.equal(carried(image, SQUARE), warp(image, affine_px(SQUARE, (16, 16))))


def test_volumes_are_carried_along_all_their_axes():
    image = torch.rand(48, 1, 8, 8, 8, generator=stream(1))
    orders = [torch.eye(3)[list(order)] for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))]
    signs = torch.cartesian_prod(*[torch.tensor([1.0, -1.0])] * 3)
    matrix = torch.stack([order * sign for order in orders for sign in signs])
    torch.testing.assert_close(carried(image, matrix), warp(image, affine_px(matrix, (8, 8, 8))))


def test_where_all_rows_stay_it_is_the_image_itself_and_it_is_never_written_to():
    image = torch.rand(2, 1, 4, 6, generator=stream(2))
    before = image.clone()
    assert carried(image, torch.eye(2).expand(2, -1, -1)) is image
    assert torch.equal(carried(image, SQUARE[:2]), torch.stack([before[0], before[1].flip(1)]))
    assert torch.equal(image, before)


def test_a_quarter_turn_needs_equal_sides():
    with pytest.raises(ConfigError, match=r"dataset\.size: images of 4 x 6 pixels cannot be turned by 90 degrees"):
        carried(torch.rand(1, 1, 4, 6), SQUARE[4:5])
