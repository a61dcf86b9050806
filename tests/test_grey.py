import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from segaug.grey import grey


def test_one_channel_is_returned_as_it_is():
    image = torch.rand(2, 1, 4, 5)
    assert grey(image) is image


def test_colours_become_luma_of_bt601():
    primaries = torch.eye(3).view(1, 3, 1, 3)  # one red, one green, one blue pixel
    torch.testing.assert_close(grey(primaries), torch.tensor([0.299, 0.587, 0.114]).view(1, 1, 1, 3))


@given(st.floats(0, 1, width=32))
def test_three_equal_channels_are_exactly_their_grey(value):
    image = torch.full((1, 1, 2, 2), value)
    assert torch.equal(grey(image.expand(-1, 3, -1, -1)), image)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_shape_and_type_stay(dtype):
    made = grey(torch.rand(2, 3, 4, 5, dtype=dtype))
    assert (made.shape, made.dtype) == ((2, 1, 4, 5), dtype)
