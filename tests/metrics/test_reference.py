"""Constant and atlas against values worked out by hand."""

import math

import pytest
import torch

from segaug.metrics import atlas, best_constant, constant, cross_entropy_of_probability, structure_shares
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
        assert cross_entropy_of_probability(p, image).isfinite().all()


def test_atlas_tends_to_the_mean_mask():
    label = masks(500)
    assert (atlas(label) - label.double().mean(0, keepdim=True)).abs().max() < 1 / 500


def cost(shares: list[float], label: torch.Tensor) -> torch.Tensor:
    return cross_entropy_of_probability(constant(shares), label)


def parts(cases: int) -> torch.Tensor:
    """Masks of two structures that do not overlap."""
    classes = torch.randint(0, 4, (cases, 8, 8), generator=stream(cases, "parts"))
    return torch.stack([classes == 1, classes == 2], 1).float()


@pytest.mark.parametrize("label", [masks(6), parts(6)])
def test_best_constant_is_the_entropy_of_the_shares(label):
    shares = structure_shares(label)
    best = best_constant(shares)
    assert best == pytest.approx(cost(shares, label).mean().item())
    for factor in (0.9, 1.1):
        assert cost([factor * share for share in shares], label).mean().item() > best


def test_constant_by_hand():
    label = torch.tensor([1.0, 0.0, 0.0, 0.0]).view(1, 1, 2, 2)
    assert cost([0.5], label).tolist() == pytest.approx([math.log(2)])
    assert cost([0.25], label).tolist() == pytest.approx([best_constant([0.25])])


def test_constant_of_two_structures_by_hand():
    """Of four pixels one is of each structure: shares 1/4, 1/4 and background 1/2."""
    label = torch.tensor([[1.0, 0, 0, 0], [0, 1, 0, 0]]).view(1, 2, 2, 2)
    expected = (2 * math.log(4) + 2 * math.log(2)) / 4
    assert best_constant([0.25, 0.25]) == pytest.approx(expected)
    assert cost([0.25, 0.25], label).item() == pytest.approx(expected)


def test_atlas_of_two_structures_by_hand():
    """One mask: both structures once in four pixels, so p = (y + 1/4) / 2, and the background (y0 + 1/2) / 2."""
    label = torch.tensor([[1.0, 0, 0, 0], [0, 1, 0, 0]]).view(1, 2, 2, 2)
    assert atlas(label)[0, 0].flatten().tolist() == pytest.approx([0.625, 0.125, 0.125, 0.125])
    at_each = [0.625, 0.625, 0.75, 0.75]
    expected = -sum(map(math.log, at_each)) / 4
    assert cross_entropy_of_probability(atlas(label), label).item() == pytest.approx(expected)


@pytest.mark.parametrize("label", [torch.zeros(1, 2, 8, 8), parts(1), parts(300)])
def test_atlas_of_several_is_finite_on_any_image(label):
    for image in (torch.zeros(1, 2, 8, 8), parts(2)):
        assert cross_entropy_of_probability(atlas(label), image).isfinite().all()


def test_constants_at_the_ends():
    assert best_constant([0.0]) == best_constant([1.0]) == best_constant([0.0, 1.0]) == 0
    full = torch.ones(2, 1, 4, 4)
    assert cost([0.0], full).tolist() == pytest.approx([-math.log(1e-6)] * 2)
    assert cost([1.0], full).tolist() == pytest.approx([0, 0], abs=1e-5)
