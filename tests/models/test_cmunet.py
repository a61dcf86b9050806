"""What is said of CMUNet beyond what every network promises: its size, its levels, its mixers and gates."""

import pytest
import torch
from torch import nn

from segaug.models.cmunet import MIXERS, WIDTHS, CMUNet, Mixer, MultiScaleGate
from segaug.rng import stream


@pytest.mark.parametrize(("width", "parameters"), [(1, 49_926_593), (0.25, 3_199_601)])
def test_parameter_count_is_that_of_the_published_layers(width, parameters):
    assert sum(p.numel() for p in CMUNet(width=width).build(3, 1).parameters()) == parameters


def test_maps_have_the_published_widths():
    eighth = [width // 8 for width in WIDTHS]
    _, maps = CMUNet(width=1 / 8).build(3).eval().features(torch.rand(1, 3, 32, 32))
    assert [maps[f"encoder{k}"].shape[1] for k in (1, 2, 3, 4)] == eighth[:-1]
    assert maps["bottleneck"].shape[1:] == (eighth[-1], 2, 2)
    assert [maps[f"decoder{k}"].shape[1] for k in (4, 3, 2, 1)] == list(reversed(eighth[:-1]))


def test_the_map_of_the_bottleneck_is_that_after_seven_mixers():
    network = CMUNet(width=1 / 16).build(3).eval()
    assert [type(layer) for layer in network.bottleneck][-MIXERS:] == [Mixer] * 7
    seen = []
    network.bottleneck[-1].register_forward_hook(lambda _, given, mixed: seen.append(mixed))
    _, maps = network.features(torch.rand(1, 3, 32, 32))
    assert torch.equal(maps["bottleneck"], seen[0])


def test_a_mixer_that_mixes_nothing_is_the_identity():
    mixer, feature = Mixer(4), torch.randn(2, 4, 8, 8, generator=stream(0, "map"))
    nn.init.zeros_(mixer.layers[-1].weight)  # gain of the last batch norm, whose offset starts at 0
    torch.testing.assert_close(mixer(feature), feature)


def test_a_mixer_looks_at_each_channel_over_pixels_then_at_each_pixel_over_channels():
    over_pixels, over_channels = (layer for layer in Mixer(4).layers if isinstance(layer, nn.Conv2d))
    assert (over_pixels.kernel_size, over_pixels.groups) == ((7, 7), 4)
    assert (over_channels.kernel_size, over_channels.groups) == ((1, 1), 1)


def test_a_gate_of_even_odds_adds_half_the_skip():
    gate, skip = MultiScaleGate(4), torch.randn(2, 4, 8, 8, generator=stream(0, "map"))
    nn.init.zeros_(gate.share.weight)
    nn.init.zeros_(gate.share.bias)
    torch.testing.assert_close(gate(skip), 1.5 * skip)


def test_the_scales_of_a_gate_share_a_norm_and_reach_one_three_and_five_pixels():
    gate = MultiScaleGate(4)
    assert sum(isinstance(module, nn.BatchNorm2d) for module in gate.modules()) == 1
    point = torch.zeros(1, 4, 9, 9)
    point[:, :, 4, 4] = 1
    reached = []
    for scale in gate.scales:
        touched = (scale(point) - scale(torch.zeros_like(point)))[0].abs().sum(0) > 0
        reached.append(int(touched.any(0).nonzero().max() - touched.any(0).nonzero().min()) + 1)
    assert reached == [1, 3, 5]


def test_maps_are_enlarged_by_repeated_pixels():
    enlarge = CMUNet(width=1 / 16).build().enlargers[0][0]
    image = torch.rand(1, 1, 2, 2, generator=stream(0, "image"))
    assert torch.equal(enlarge(image), image.repeat_interleave(2, 2).repeat_interleave(2, 3))
