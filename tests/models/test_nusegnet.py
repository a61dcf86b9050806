"""What is said of NuSegNet beyond what every network promises: its size, its levels, its order of layers, its start."""

import math

import pytest
import torch
from torch import nn

from segaug.models.network import build_with_seed
from segaug.models.nusegnet import WIDTHS, Encoder, Gate, NuSegNet, normalised
from segaug.rng import stream


@pytest.mark.parametrize(("width", "parameters"), [(1, 12_395_713), (0.25, 778_897)])
def test_parameter_count_is_that_of_the_published_layers(width, parameters):
    assert sum(p.numel() for p in NuSegNet(width=width).build(3, 1).parameters()) == parameters


def test_maps_have_the_published_widths():
    quarter = [width // 4 for width in WIDTHS]
    _, maps = NuSegNet(width=0.25).build(3).eval().features(torch.rand(1, 3, 32, 32))
    assert [maps[f"encoder{k}"].shape[1] for k in (1, 2, 3, 4)] == quarter[:-1]
    assert maps["bottleneck"].shape[1:] == (quarter[-1], 2, 2)
    assert [maps[f"decoder{k}"].shape[1] for k in (4, 3, 2, 1)] == list(reversed(quarter[:-1]))


def test_what_leaves_a_layer_is_normalised_and_not_cut_off_at_0():
    image = torch.randn(4, 3, 16, 16, generator=stream(0, "image"))
    out = normalised(nn.Conv2d(3, 8, 3, padding=1))(image)
    torch.testing.assert_close(out.mean((0, 2, 3)), torch.zeros(8), rtol=0, atol=1e-5)
    assert (out.amin((0, 2, 3)) < 0).all()


def test_half_of_new_statistics_is_taken_on():
    layer, image = normalised(nn.Conv2d(1, 1, 1)), torch.ones(1, 1, 4, 4)
    convolved = layer[1](layer[0](image)).mean().item()
    layer(image)
    assert layer[-1].running_mean.item() == pytest.approx(convolved / 2)


def test_an_encoder_sees_what_came_in_twice():
    encoder = Encoder(3, 8).eval()
    for layer in encoder.layers:
        nn.init.zeros_(layer[-1].weight)  # its three layers give their offset, 0
    one, other = (torch.rand(1, 3, 8, 8, generator=stream(k, "image")) for k in (0, 1))
    assert not encoder.layers(one).any()
    assert not torch.allclose(encoder(one), encoder(other))


def test_a_gate_of_even_odds_halves_the_skip():
    gate = Gate(8, 4)
    nn.init.zeros_(gate.share[-1].weight)  # the gain before the sigmoid; its offset starts at 0
    below, skip = (torch.randn(2, *shape, generator=stream(0, "map")) for shape in ((8, 4, 4), (4, 8, 8)))
    torch.testing.assert_close(gate(below, skip), skip / 2)


def test_initial_convolutions_are_glorot_normal():
    network = build_with_seed(NuSegNet(), 0, 3)
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
    scaled = []
    for layer in convolutions:
        fans = (layer.weight.shape[0] + layer.weight.shape[1]) * layer.weight[0, 0].numel()
        scaled.append(layer.weight.detach().flatten() * math.sqrt(fans / 2))
    together = torch.cat(scaled)
    assert together.mean().abs() < 1e-2
    assert together.std().item() == pytest.approx(1, abs=1e-2)
    biases = {layer: layer.bias for layer in convolutions if layer.bias is not None}
    assert all((bias == (0 if layer is network.head else 0.1)).all() for layer, bias in biases.items())
