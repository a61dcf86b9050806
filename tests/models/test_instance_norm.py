"""The fast instance norm computes what torch's computes, in any layout."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from segaug.models.instance_norm import InstanceNorm, replace_instance_norm
from segaug.rng import stream

LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


@pytest.fixture
def image() -> torch.Tensor:
    return 3 * torch.randn(4, 6, 8, 12, generator=stream(0, "image")) + 1


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("rows", "channels"), [(1, 6), (4, 6), (4, 3), (4, 1)])
def test_same_as_torch(image, layout, rows, channels):
    image = image[:rows, :channels]
    weight = torch.randn(image.shape, generator=stream(0, "weight"))
    values, gradients = [], []
    for norm in (InstanceNorm(), nn.InstanceNorm2d(channels)):
        x = image.to(memory_format=LAYOUTS[layout]).clone().requires_grad_()
        y = norm(x)
        values.append(y)
        gradients.append(torch.autograd.grad((y * weight).sum(), x)[0])
    torch.testing.assert_close(*values, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(*gradients, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_is_kept(image, layout):
    image = image.to(memory_format=LAYOUTS[layout])
    assert InstanceNorm()(image).is_contiguous(memory_format=LAYOUTS[layout])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_second_derivatives(layout):
    image = torch.randn(2, 2, 3, 4, dtype=torch.float64, generator=stream(0, "image")).to(memory_format=LAYOUTS[layout])
    norm = nn.Sequential(InstanceNorm(), nn.Softplus())
    assert torch.autograd.gradgradcheck(norm, image.requires_grad_())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_bfloat16_keeps_float32_statistics(layout):
    """A mean of 3 in bfloat16 would be wrong by up to 0.008; only the output is rounded."""
    image = (torch.randn(2, 8, 32, 32, generator=stream(0, "image")) + 3).bfloat16()
    exact = F.instance_norm(image.double())
    ours = InstanceNorm()(image.to(memory_format=LAYOUTS[layout]))
    assert ours.dtype == torch.bfloat16
    assert (ours.double() - exact).abs().max() <= 1.01 * (exact.bfloat16().double() - exact).abs().max()


def test_only_parameter_free_norms_are_replaced():
    network = nn.Sequential(
        nn.InstanceNorm2d(2), nn.InstanceNorm2d(2, affine=True), nn.Sequential(nn.InstanceNorm2d(3))
    )
    replace_instance_norm(network)
    assert isinstance(network[0], InstanceNorm)
    assert isinstance(network[1], nn.InstanceNorm2d)
    assert isinstance(network[2][0], InstanceNorm)
