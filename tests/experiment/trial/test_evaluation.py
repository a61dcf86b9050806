"""References of every measure, on cases that were worked out by hand."""

import math
from dataclasses import replace

import pytest
import torch

from segaug.data.task import Split, Task
from segaug.experiment.trial.evaluation import reference
from segaug.form import Form
from segaug.metrics import Recalibration, atlas, cross_entropy, fit_recalibration, logits_of_probability
from segaug.rng import stream


def task(masks: list[list[list[int]]]) -> Task:
    """Rows of one-row images; masks: of each image and structure its pixels.  Test: rows 0 and 1, pool: the others."""
    label = torch.tensor(masks, dtype=torch.float32)[:, :, None]
    rows = len(label)
    form = Form(channels=1, structures=tuple("ab"[: label.shape[1]]), size=tuple(label.shape[2:]))
    spacing, source = torch.full((rows, 2), torch.nan), torch.zeros(rows, dtype=torch.long)
    names = tuple(map(str, range(rows)))
    split = Split(test=(0, 1), validation=(), external=(), pool=tuple(range(2, rows)))
    patients = ("p", "p", *names[2:])
    return Task(torch.zeros(rows, 1, *label.shape[2:]), label, spacing, source, form, names, patients, split, "hash")


def test_references_of_one_structure_by_hand():
    """Test masks 1100 and 0000; the one training mask is 1000, so q = 1/4 and the atlas (y + q) / 2: 5/8, 1/8 ..."""
    found = reference(task([[[1, 1, 0, 0]], [[0, 0, 0, 0]], [[1, 0, 0, 0]]]), (2,), None)
    assert found["foreground"] == {"pool": 0.25, "test": 0.25}
    p, q = 5 / 8, 1 / 8
    first = -(math.log(p) + math.log(q) + 2 * math.log(1 - q)) / 4
    second = -(math.log(1 - p) + 3 * math.log(1 - q)) / 4
    constant = -(math.log(0.25) + 3 * math.log(0.75)) / 4
    assert found["reference"] == pytest.approx(
        {
            "constant_bce": constant,
            "constant_pool_bce": constant,  # the shares are equal
            "atlas_bce": (first + second) / 2,
            "atlas_dice": (2 / 3 + 0) / 2,  # its mask is 1000
            "atlas_dice_patient": 2 * 1 / (2 + 2),  # both images are of one patient
            "atlas_iou": (1 / 2 + 0) / 2,
        }
    )


def test_references_of_two_structures_by_hand():
    """Two training masks, of a 1000 and 1000, of b 0100 and 0010: q = 1/4 each, atlas (sum y + q) / 3."""
    test = [[[1, 1, 0, 0], [0, 0, 1, 0]], [[0, 0, 0, 0], [0, 1, 0, 0]]]
    pool = [[[1, 0, 0, 0], [0, 1, 0, 0]], [[1, 0, 0, 0], [0, 0, 1, 0]]]
    found = reference(task(test + pool), (2, 3), None)
    assert found["foreground"] == {"pool": [0.25, 0.25], "test": [0.25, 0.25]}
    a, b, rest = 0.25 / 3, 0.25 / 3, 2.5 / 3  # where neither mask has anything; the background's q is 1/2
    low, high = 1.25 / 3, 2.25 / 3  # where one of two masks, or both, have the structure
    ground = 1 - low - a  # at the pixels that b has once
    first = -(math.log(high) + math.log(a) + math.log(low) + math.log(rest)) / 4
    second = -(math.log(1 - high - b) + math.log(low) + math.log(ground) + math.log(rest)) / 4
    assert found["reference"]["atlas_ce"] == pytest.approx((first + second) / 2)
    constant = -(2 * 0.25 * math.log(0.25) + 0.5 * math.log(0.5))
    assert found["reference"]["constant_ce"] == pytest.approx(constant)
    assert found["reference"]["constant_pool_ce"] == pytest.approx(constant)
    # The likeliest class: a at the first pixel, background elsewhere (1.5 / 3 against 1.25 / 3 where b was once).
    assert found["reference"]["atlas_dice/a"] == pytest.approx((2 / 3 + 0) / 2)
    assert found["reference"]["atlas_dice/b"] == 0
    assert found["reference"]["atlas_dice"] == pytest.approx((2 / 3 + 0) / 4)
    assert found["reference"]["atlas_iou/a"] == pytest.approx(1 / 4)
    assert found["reference"]["atlas_dice_patient/a"] == pytest.approx(2 * 1 / (2 + 2))


def test_a_measure_without_a_reference_gets_none():
    found = reference(task([[[1, 1, 0, 0]], [[0, 0, 0, 0]], [[1, 0, 0, 0]]]), (2,), None)["reference"]
    assert not [name for name in found if "hd95" in name or "nsd" in name or "recalibrated" in name]


@pytest.mark.parametrize("structures", [1, 2])
def test_the_mean_mask_is_recalibrated_on_validation_images_as_a_network_is(structures):
    """No scale and offset near those found do better on the validation images; the same ones are used on the test."""
    masks = (torch.rand(9, structures, 1, 16, generator=stream(4, "masks")) < 0.3).float()
    masks[:, 1:] *= 1 - masks[:, :1]
    made = task(masks[:, :, 0].tolist())
    validation = made.batch((6, 7, 8))
    name = "ce" if structures > 1 else "bce"
    found = reference(made, (2, 3, 4, 5), validation)["reference"]
    logits = logits_of_probability(atlas(made.batch((2, 3, 4, 5)).label))
    fitted = fit_recalibration(logits.expand(3, -1, -1, -1), validation.label)

    def cost(change: Recalibration, rows: tuple[int, ...]) -> float:
        label = made.batch(rows).label
        return cross_entropy(change.apply(logits).expand(len(rows), -1, -1, -1), label).mean().item()

    assert found[f"atlas_{name}_recalibrated"] == pytest.approx(cost(fitted, (0, 1)), rel=1e-4)
    assert cost(fitted, (6, 7, 8)) < cost(Recalibration(1.0, (0.0,) * logits.shape[1]), (6, 7, 8))
    for factor in (0.8, 1.2):
        assert cost(replace(fitted, scale=factor * fitted.scale), (6, 7, 8)) > cost(fitted, (6, 7, 8))
    assert found[f"atlas_{name}"] == reference(made, (2, 3, 4, 5), None)["reference"][f"atlas_{name}"]
