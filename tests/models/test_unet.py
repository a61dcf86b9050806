"""What is said of the plain U-Net beyond what every network promises: its size, its layers, its initial weights."""

import math

import pytest
import torch
from torch import nn

from segaug.errors import ConfigError
from segaug.models.network import build_with_seed
from segaug.models.unet import WIDTHS, UNet, convolution, enlarged
from segaug.rng import stream


@pytest.mark.parametrize(("logits", "parameters"), [(1, 1_949_073), (2, 1_949_218), (4, 1_949_508)])
def test_parameter_count_is_the_published_one(logits, parameters):
    assert sum(p.numel() for p in UNet().build(1, logits).parameters()) == parameters


def test_four_convolutions_follow_the_finest_skip():
    network = UNet().build()
    finest = [module for module in network.decoders[-1].modules() if isinstance(module, nn.Conv2d)]
    assert [conv.in_channels for conv in finest] == [32, 16, 16, 16]
    assert network.head.kernel_size == (3, 3)


def test_maps_have_the_published_widths():
    _, maps = UNet().build().eval().features(torch.rand(1, 1, 32, 32))
    assert [maps[f"encoder{k}"].shape[1] for k in (1, 2, 3, 4)] == list(WIDTHS[:-1])
    assert maps["bottleneck"].shape[1:] == (WIDTHS[-1], 2, 2)
    assert [maps[f"decoder{k}"].shape[1] for k in (4, 3, 2, 1)] == list(reversed(WIDTHS[:-1]))


def test_initial_convolutions_are_he_normal():
    network = build_with_seed(UNet(), seed=0)
    weights = [
        m.weight.detach() * math.sqrt(m.weight[0].numel() / 2) for m in network.modules() if isinstance(m, nn.Conv2d)
    ]
    together = torch.cat([weight.flatten() for weight in weights])
    assert together.mean().abs() < 1e-2
    assert together.std().item() == pytest.approx(1, abs=1e-2)
    assert all(m.bias.abs().max() == 0 for m in network.modules() if isinstance(m, nn.Conv2d))


def test_a_convolution_of_two_by_two_looks_down_and_to_the_right():
    layer = convolution(1, 1, kernel=2)
    conv = next(module for module in layer if isinstance(module, nn.Conv2d))
    with torch.no_grad():
        conv.weight.fill_(1)
        image = torch.zeros(1, 1, 4, 4)
        image[0, 0, 2, 2] = 1
        seen = conv(layer[0](image))[0, 0] != conv.bias
    assert sorted(map(tuple, seen.nonzero().tolist())) == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_enlarging_keeps_the_mean_of_an_image():
    image = torch.rand(1, 1, 8, 8, generator=stream(0, "image"))
    assert enlarged(image).mean().item() == pytest.approx(image.mean().item(), abs=2e-2)
    ramp = torch.arange(8.0).view(1, 1, 1, 8).expand(1, 1, 8, 8)
    inner = enlarged(ramp)[0, 0, 0, 1:-1]
    torch.testing.assert_close(inner, torch.arange(14) * 0.5 + 0.25)  # half-pixel centres


def test_the_layout_in_memory_changes_no_gradient():
    """In single precision a value or two lie on the other side of a ReLU's kink."""
    image = torch.rand(2, 1, 32, 32, generator=stream(0, "image"))
    weight = torch.randn(2, 1, 32, 32, generator=stream(0, "weight"))
    gradients = []
    for layout, kind in ((torch.channels_last, torch.float32), (torch.contiguous_format, torch.float64)):
        network = build_with_seed(UNet(), seed=1).to(memory_format=layout, dtype=kind)
        (network(image.to(kind)) * weight.to(kind)).mean().backward()
        gradients.append(torch.cat([p.grad.flatten().double() for p in network.parameters()]))
    ours, exact = gradients
    assert (ours - exact).norm() < 1e-2 * exact.norm()


def test_a_single_image_of_the_smallest_size_can_be_trained_on():
    UNet().check_size(32)
    UNet().build().train()(torch.rand(1, 1, 32, 32)).mean().backward()


@pytest.mark.parametrize("size", [0, 16, 40, 100])
def test_other_sizes_are_refused(size):
    with pytest.raises(ConfigError, match=r"dataset\.size.*unet.*multiple of 16"):
        UNet().check_size(size)
