"""Constant and atlas against values worked out by hand."""

import math

import pytest
import torch

from segaug.metrics import atlas, bce_of_probability, best_constant_bce, constant_bce, foreground_share
from segaug.rng import stream


def masks(cases: int, share: float = 0.3) -> torch.Tensor:
    return (torch.rand(cases, 1, 8, 8, generator=stream(cases, "masks")) < share).float()


def test_atlas_by_hand():
    """Two masks of two pixels, (1, 0) and (1, 1): q = 3/4, p = (2 + q) / 3 and (1 + q) / 3."""
    label = torch.tensor([[1.0, 0.0], [1.0, 1.0]]).view(2, 1, 1, 2)
    assert atlas(label).flatten().tolist() == pytest.approx([2.75 / 3, 1.75 / 3])


@pytest.mark.parametrize("label", [masks(1), masks(512), torch.zeros(1, 1, 8, 8), torch.ones(600, 1, 8, 8)])
def test_atlas_has_a_finite_error_on_any_image(label):
    p = atlas(label)
    assert p.shape == (1, 1, 8, 8)
    for image in (torch.zeros(1, 1, 8, 8), torch.ones(1, 1, 8, 8)):
        assert bce_of_probability(p, image).isfinite().all()


def test_atlas_tends_to_the_mean_mask():
    label = masks(500)
    assert (atlas(label) - label.double().mean(0, keepdim=True)).abs().max() < 1 / 500


def test_best_constant_is_the_entropy_of_the_share():
    label = masks(6)
    share = foreground_share(label)
    best = best_constant_bce(share)
    assert best == pytest.approx(constant_bce(share, label).mean().item())
    for other in (0.9 * share, 1.1 * share):
        assert constant_bce(other, label).mean().item() > best


def test_constant_by_hand():
    label = torch.tensor([1.0, 0.0, 0.0, 0.0]).view(1, 1, 2, 2)
    assert constant_bce(0.5, label).tolist() == pytest.approx([math.log(2)])
    assert constant_bce(0.25, label).tolist() == pytest.approx([best_constant_bce(0.25)])


def test_constants_at_the_ends():
    assert best_constant_bce(0.0) == best_constant_bce(1.0) == 0
    full = torch.ones(2, 1, 4, 4)
    assert constant_bce(0.0, full).tolist() == pytest.approx([-math.log(1e-6)] * 2)
    assert constant_bce(1.0, full).tolist() == pytest.approx([0, 0], abs=1e-5)
