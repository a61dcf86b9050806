"""What is said of AttnUNet beyond what every network promises: its size, its levels, its gates."""

import pytest
import torch
from torch import nn

from segaug.models.attn_unet import WIDTHS, AttnUNet, Gate
from segaug.rng import stream


@pytest.mark.parametrize(("width", "parameters"), [(1, 8_135_745), (0.25, 510_993)])
def test_parameter_count_is_that_of_the_published_layers(width, parameters):
    assert sum(p.numel() for p in AttnUNet(width=width).build(3, 1).parameters()) == parameters


def test_maps_have_the_published_widths():
    _, maps = AttnUNet().build(3).eval().features(torch.rand(1, 3, 16, 16))
    assert [maps[f"encoder{k}"].shape[1] for k in (1, 2, 3)] == list(WIDTHS[:-1])
    assert maps["bottleneck"].shape[1:] == (WIDTHS[-1], 2, 2)
    assert [maps[f"decoder{k}"].shape[1] for k in (3, 2, 1)] == list(reversed(WIDTHS[:-1]))


@pytest.fixture
def maps() -> tuple[torch.Tensor, torch.Tensor]:
    """The enlarged map below, and the skip."""
    rng = stream(0, "maps")
    return tuple(torch.randn(2, channels, 8, 8, generator=rng) for channels in (8, 4))


def test_a_gate_of_even_odds_halves_the_skip(maps):
    gate = Gate(8, 4)
    nn.init.zeros_(gate.share.weight)
    nn.init.zeros_(gate.share.bias)
    torch.testing.assert_close(gate(*maps), maps[1] / 2)


def test_a_gate_lets_through_a_share_of_each_channel_by_itself(maps):
    share = Gate(8, 4)(*maps) / maps[1]
    assert 0 < share.min() < share.max() < 1
    assert not torch.allclose(share[:, 0], share[:, 1])


def test_the_share_depends_on_the_map_below_and_on_the_skip(maps):
    gate = Gate(8, 4).eval()
    up, skip = maps
    share = gate(up, skip) / skip
    assert not torch.allclose(gate(-up, skip) / skip, share)
    assert not torch.allclose(gate(up, -skip) / -skip, share)
