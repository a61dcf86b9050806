"""Cross-entropy and Dice against values worked out by hand."""

import math

import pytest
import torch

from segaug.metrics import bce, bce_of_probability, dice, dice_of_mask
from segaug.rng import stream


def test_bce_of_zero_logits_is_log_2_for_any_label():
    label = torch.randint(0, 2, (3, 1, 4, 4), generator=stream(0, "label")).float()
    torch.testing.assert_close(bce(torch.zeros(3, 1, 4, 4), label), torch.full((3,), math.log(2)))


def test_bce_by_hand():
    """One pixel right at odds 3, one wrong at odds 3: (log(4/3) + log 4) / 2."""
    logits = torch.full((1, 1, 1, 2), math.log(3))
    label = torch.tensor([1.0, 0.0]).view(1, 1, 1, 2)
    assert bce(logits, label).item() == pytest.approx((math.log(4 / 3) + math.log(4)) / 2)


def test_bce_of_extreme_logits_is_finite_and_linear():
    logits = torch.tensor([1000.0, -1000.0]).view(2, 1, 1, 1)
    assert bce(logits, torch.zeros(2, 1, 1, 1)).tolist() == [1000.0, 0.0]


def test_bce_is_per_case_and_passes_nan_on():
    logits = torch.zeros(2, 1, 2, 2)
    logits[1, 0, 0, 0] = torch.nan
    values = bce(logits, torch.ones(2, 1, 2, 2))
    assert values[0].item() == pytest.approx(math.log(2))
    assert values[1].isnan()


def test_bce_from_probabilities_and_from_logits_agree():
    logits = torch.randn(3, 1, 5, 5, generator=stream(0, "logits"), dtype=torch.float64)
    label = torch.rand(3, 1, 5, 5, generator=stream(0, "label"), dtype=torch.float64)
    torch.testing.assert_close(bce_of_probability(logits.sigmoid(), label), bce(logits, label))


def test_dice_by_hand():
    mask = torch.tensor([[1.0, 1.0, 0.0, 0.0]]).view(1, 1, 2, 2)
    label = torch.tensor([[1.0, 0.0, 0.0, 0.0]]).view(1, 1, 2, 2)
    assert dice_of_mask(mask, label).item() == pytest.approx(2 / 3)


def test_dice_of_empty_masks():
    full, empty = torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2)
    assert dice_of_mask(empty, empty).item() == 1
    assert dice_of_mask(full, empty).item() == 0
    assert dice_of_mask(empty, full).item() == 0
    assert dice_of_mask(full, full).item() == 1


def test_dice_counts_positive_logits_only():
    logits = torch.tensor([1e-6, 0.0, -1e-6, 5.0]).view(1, 1, 2, 2)
    label = torch.tensor([1.0, 0.0, 0.0, 1.0]).view(1, 1, 2, 2)
    assert dice(logits, label).item() == 1


def test_a_case_does_not_depend_on_its_batch():
    rng = stream(0, "batch")
    logits = torch.randn(4, 1, 6, 6, generator=rng)
    label = torch.randint(0, 2, (4, 1, 6, 6), generator=rng).float()
    for metric in (bce, dice):
        torch.testing.assert_close(metric(logits, label)[2:3], metric(logits[2:3], label[2:3]))
