"""Recalibration recovers a known scale and offset, and never makes validation worse."""

import math

import pytest
import torch

from segaug.metrics import Recalibration, cross_entropy, fit_recalibration
from segaug.rng import stream

SHAPE = (4, 1, 40, 40)


def calibrated(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits, and the label probabilities that they mean (a soft label makes the optimum exact)."""
    logits = 3 * torch.randn(SHAPE, generator=stream(seed, "logits")) - 1
    return logits, logits.double().sigmoid()


@pytest.mark.parametrize(("scale", "offset"), [(1, 0), (2.5, -0.7), (0.05, 0.3), (40, 3)])
def test_recovers_a_known_scale_and_offset(scale, offset):
    logits, label = calibrated()
    fitted = fit_recalibration((logits.double() - offset) / scale, label)
    assert fitted.scale == pytest.approx(scale, rel=1e-4)
    assert fitted.offset == pytest.approx((offset,), abs=1e-4)


@pytest.mark.parametrize("seed", range(10))
def test_never_worse_than_raw(seed):
    rng = stream(seed, "any")
    label = (torch.rand(SHAPE, generator=rng) < torch.rand((), generator=rng) ** 3).float()
    spread = 10 ** (4 * torch.rand((), generator=rng) - 2)
    logits = spread * (torch.randn(SHAPE, generator=rng) + label - 2 * torch.rand((), generator=rng))
    fitted = fit_recalibration(logits, label)
    assert cross_entropy(fitted.apply(logits), label).mean() <= cross_entropy(logits, label).mean() * (1 + 1e-6)


def test_optimum_has_no_slope():
    logits, _ = calibrated()
    label = (torch.rand(SHAPE, generator=stream(0, "label")) < (0.5 * logits + 1).sigmoid()).float()
    fitted = fit_recalibration(logits, label)
    residual = fitted.apply(logits.double()).sigmoid() - label
    assert abs(residual.mean().item()) < 1e-6
    assert abs((residual * logits).mean().item()) < 1e-6


def test_separable_images_stop_at_the_largest_scale():
    label = torch.zeros(SHAPE)
    label[..., :20] = 1
    fitted = fit_recalibration(0.01 * (2 * label - 1), label)
    assert fitted.scale == pytest.approx(100)
    assert math.isfinite(*fitted.offset)


def test_misleading_logits_stop_at_the_smallest_scale():
    logits, label = calibrated()
    assert fit_recalibration(-logits, label).scale == pytest.approx(0.01)


def test_equal_logits_give_the_share():
    label = torch.zeros(SHAPE)
    label[..., :10] = 1
    fitted = fit_recalibration(torch.full(SHAPE, 2.0), label)
    assert fitted.scale == 1
    assert fitted.offset[0] + 2 == pytest.approx(math.log(0.25 / 0.75), abs=1e-5)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_labels_of_one_kind_stay_finite(value):
    logits, _ = calibrated()
    fitted = fit_recalibration(logits, torch.full(SHAPE, value))
    assert all(map(math.isfinite, (fitted.scale, *fitted.offset)))
    assert cross_entropy(fitted.apply(logits), torch.full(SHAPE, value)).mean() < 1e-6


def test_not_finite_logits_are_passed_on():
    logits, label = calibrated()
    logits[0, 0, 0, 0] = torch.inf
    fitted = fit_recalibration(logits, label)
    assert math.isnan(fitted.scale)
    assert cross_entropy(fitted.apply(logits), label.float()).isnan().all()


def test_repeats_bit_for_bit():
    logits, label = calibrated()
    assert fit_recalibration(2 * logits, label) == fit_recalibration(2 * logits, label)


def test_apply():
    assert Recalibration(2.0, (-1.0,)).apply(torch.tensor([0.0, 3.0])).tolist() == [-1, 5]


def of_several(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of background and two structures, and the probabilities that they mean as a soft label."""
    logits = 3 * torch.randn(4, 3, 20, 20, generator=stream(seed, "several"), dtype=torch.float64) - 1
    return logits, logits.softmax(1)[:, 1:]


def test_recovers_a_known_scale_and_offset_of_each_class():
    logits, label = of_several()
    moved = (logits - torch.tensor([0.5, -0.2, 1.5]).view(3, 1, 1)) / 2.5
    fitted = fit_recalibration(moved, label)
    assert fitted.scale == pytest.approx(2.5, rel=1e-4)
    assert fitted.offset == pytest.approx((0, -0.7, 1.0), abs=1e-3)  # against the background: all that can be seen


def test_several_classes_have_no_slope_left_and_are_never_worse():
    logits, _ = of_several()
    classes = torch.randint(0, 3, (4, 20, 20), generator=stream(0, "classes"))
    label = torch.stack([classes == 1, classes == 2], 1).double()
    fitted = fit_recalibration(logits, label)
    residual = (fitted.apply(logits).softmax(1)[:, 1:] - label).mean((0, 2, 3))
    assert residual.abs().max() < 1e-6
    assert cross_entropy(fitted.apply(logits), label).mean() < cross_entropy(logits, label).mean()


def test_one_structure_with_two_logits_is_recalibrated_as_with_one():
    logits, label = calibrated()
    two = torch.cat([torch.zeros_like(logits), logits], 1)
    one, other = fit_recalibration(0.3 * logits, label), fit_recalibration(0.3 * two, label)
    assert other.scale == pytest.approx(one.scale, rel=1e-5)
    assert other.offset == pytest.approx((0, *one.offset), abs=1e-5)


def test_several_logits_that_are_not_finite_are_passed_on():
    logits, label = of_several()
    logits[0, 1, 0, 0] = torch.nan
    assert cross_entropy(fit_recalibration(logits, label).apply(logits), label).isnan().all()
