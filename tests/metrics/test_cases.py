"""Every measure of one test set, by its key."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from segaug.measures import MEASURES, quantities
from segaug.metrics import (
    Prediction,
    Recalibration,
    Truth,
    cross_entropy,
    dice_of_mask,
    dice_of_patients,
    hd95,
    measure,
    of_logits,
    of_probability,
    surfaces,
)
from segaug.metrics.cases import FORMULAS
from segaug.rng import stream

PATIENTS = ("a", "a", "b", "b", "c")


def prediction(
    spacing: float = math.nan, recalibration: Recalibration | None = None
) -> tuple[torch.Tensor, Prediction]:
    """Five cases: the last three are both empty, missed and invented."""
    label = torch.zeros(5, 1, 16, 16)
    label[[0, 1, 3], :, 4:10, 4:12] = 1
    logits = 4 * label - 2 + 0.5 * torch.randn(label.shape, generator=stream(0, "logits"))
    logits[3], logits[4] = -2, 2
    return logits, of_logits(logits, Truth(label, torch.full((5, 2), spacing), PATIENTS, ("disc",)), recalibration)


def of_three() -> tuple[torch.Tensor, Prediction]:
    """Logits of three structures on five cases."""
    rng = stream(3, "three")
    classes = torch.randint(0, 4, (5, 12, 12), generator=rng)
    label = torch.stack([classes == k for k in (1, 2, 3)], 1).float()
    logits = torch.randn(5, 4, 12, 12, generator=rng)
    truth = Truth(label, torch.ones(5, 2), PATIENTS, ("lv", "myo", "rv"))
    return logits, of_logits(logits, truth, Recalibration(0.5, (0.0, 0.1, 0.2, 0.3)))


def test_every_measure_has_a_formula_and_every_formula_a_measure():
    assert FORMULAS.keys() == {one.key for one in MEASURES if one.part == "test"}


def test_holds_each_measure_case_by_case():
    logits, one = prediction(recalibration=Recalibration(2.0, (0.5,)))
    found, label = measure(one), one.truth.label
    np.testing.assert_allclose(found["bce"], cross_entropy(logits, label).numpy())
    np.testing.assert_allclose(found["bce_recalibrated"], cross_entropy(2 * logits + 0.5, label).numpy())
    np.testing.assert_allclose(found["dice"], dice_of_mask(logits > 0, label)[:, 0].numpy())
    assert found["dice"].tolist()[2:] == [1, 0, 0]
    assert found["dice_patient"].shape == (3,)
    assert one.surfaces.facts()["hd95"] == {"unit": "px", "both_empty": 1, "one_empty": 2}


def test_what_needs_validation_labels_is_not_measured_without():
    found = measure(prediction()[1])
    assert found["bce_recalibrated"] is None
    assert found["bce"] is not None


def test_where_each_patient_has_one_image_only_images_are_measured():
    logits, one = of_three()
    found = measure(of_logits(logits, replace(one.truth, patients=tuple("abcde"))))
    assert {key for key, values in found.items() if values is None} >= {"dice_patient", "dice_patient/rv"}
    assert found["dice"] is not None


def test_missed_and_invented_structures_cost_the_diagonal():
    found = measure(prediction(spacing=1.0)[1])
    assert found["hd95"].mean() == pytest.approx(2 * 16 * math.sqrt(2) / 5)


def test_one_structure_has_no_key_of_its_own():
    found = measure(prediction()[1])
    assert not [key for key in found if "/" in key]
    assert "ce" not in found


def test_several_structures_have_one_value_each_and_their_mean():
    logits, one = of_three()
    found, label = measure(one), one.truth.label
    assert list(found) == [each.key for each in quantities(("lv", "myo", "rv"))]
    assert "bce" not in found
    np.testing.assert_allclose(found["ce"], cross_entropy(logits, label).numpy())
    for k, name in enumerate(one.truth.structures):
        np.testing.assert_allclose(found[f"dice/{name}"], dice_of_mask(one.mask, label)[:, k].numpy())
        np.testing.assert_allclose(found[f"dice_patient/{name}"], dice_of_patients(one.mask, label, PATIENTS)[:, k])
        np.testing.assert_allclose(found[f"hd95/{name}"], hd95(surfaces(one.mask, label, torch.ones(5, 2)))[:, k])
    for key in ("dice", "dice_patient", "hd95"):
        parts = np.mean([found[f"{key}/{name}"] for name in one.truth.structures], axis=0)
        np.testing.assert_allclose(found[key], parts)


def test_only_what_is_wanted_is_computed(monkeypatch):
    monkeypatch.setitem(FORMULAS, "hd95", lambda _: pytest.fail("computed"))
    assert set(measure(of_three()[1], lambda one: one.key.startswith("ce"))) == {"ce", "ce_recalibrated"}


@pytest.mark.parametrize("make", [prediction, of_three])
def test_probabilities_score_as_the_logits_that_mean_them(make):
    logits, one = make()
    p = logits.double().sigmoid() if logits.shape[1] == 1 else logits.double().softmax(1)[:, 1:]
    ours, theirs = measure(of_probability(p, one.truth)), measure(one)
    for key in (key for key, values in ours.items() if values is not None):
        np.testing.assert_allclose(ours[key], theirs[key], rtol=1e-5)
