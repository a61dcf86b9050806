"""The table of one test set."""

import math

import numpy as np
import pytest
import torch

from segaug.metrics import Recalibration, bce, dice, evaluate, hd95
from segaug.rng import stream


@pytest.fixture
def prediction() -> tuple[torch.Tensor, torch.Tensor]:
    """Five cases: the last three are both empty, missed and invented."""
    label = torch.zeros(5, 1, 16, 16)
    label[[0, 1, 3], :, 4:10, 4:12] = 1
    logits = 4 * label - 2 + 0.5 * torch.randn(label.shape, generator=stream(0, "logits"))
    logits[3], logits[4] = -2, 2
    return logits, label


def test_holds_each_metric_case_by_case(prediction):
    logits, label = prediction
    spacing = torch.full((5, 2), torch.nan)
    result = evaluate(logits, label, spacing, Recalibration(2.0, 0.5))
    np.testing.assert_allclose(result.bce, bce(logits, label).numpy())
    np.testing.assert_allclose(result.dice, dice(logits, label).numpy())
    np.testing.assert_allclose(result.bce_recalibrated, bce(2 * logits + 0.5, label).numpy())
    np.testing.assert_allclose(result.hd95, hd95(logits > 0, label, spacing).value)
    assert (result.hd95_unit, result.both_empty, result.one_empty) == ("px", 1, 2)
    assert result.dice.tolist()[2:] == [1, 0, 0]


def test_without_recalibration_both_errors_are_equal(prediction):
    result = evaluate(*prediction, torch.ones(5, 2))
    assert result.bce.tolist() == result.bce_recalibrated.tolist()
    assert result.hd95_unit == "mm"


def test_means(prediction):
    result = evaluate(*prediction, torch.ones(5, 2))
    assert result.means()["hd95"] == pytest.approx(2 * 16 * math.sqrt(2) / 5)
    assert set(result.means()) == {"bce", "dice", "hd95", "bce_recalibrated"}
