"""Dice against values worked out by hand, of images and of patients."""

import pytest
import torch
from monai.metrics import compute_iou

from segaug.metrics import dice_of_mask, dice_of_patients, masks, patients_of
from segaug.metrics.overlap import iou_of_mask
from segaug.rng import stream


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
    assert dice_of_mask(masks(logits), label).item() == 1


def test_each_structure_has_a_dice_of_its_own():
    label = torch.tensor([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]).view(1, 2, 2, 2)
    mask = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 1.0, 1.0]]).view(1, 2, 2, 2)
    assert dice_of_mask(mask, label)[0].tolist() == pytest.approx([2 / 3, 2 / 4])


def test_dice_of_a_patient_counts_all_pixels_of_its_images_together():
    """Images of 4 and 1 right pixels, of 4 + 4 and 1 + 3 in both masks: 2 * 5 / 12, not the mean of 1 and 1 / 2."""
    label = torch.zeros(3, 1, 4, 4)
    label[0, :, 0], label[1, :, 0, 0], label[2, :, 3] = 1, 1, 1
    mask = torch.zeros(3, 1, 4, 4)
    mask[0, :, 0], mask[1, :, 0, :3] = 1, 1
    found = dice_of_patients(mask, label, ["b", "b", "a"])
    assert patients_of(["b", "b", "a"]) == ["b", "a"]
    assert found.flatten().tolist() == pytest.approx([10 / 12, 0])


def test_an_image_without_the_structure_costs_its_patient_nothing():
    rng = stream(0, "patient")
    label, mask = (torch.randint(0, 2, (2, 2, 5, 5), generator=rng).float() for _ in range(2))
    empty = torch.zeros(1, 2, 5, 5)
    whole = dice_of_patients(torch.cat([mask, empty]), torch.cat([label, empty]), ["p", "q", "q"])
    torch.testing.assert_close(whole, dice_of_mask(mask, label))


def test_order_of_the_images_does_not_matter():
    rng = stream(1, "patient")
    label, mask = (torch.randint(0, 2, (6, 2, 5, 5), generator=rng).float() for _ in range(2))
    patients = ["a", "b", "a", "c", "b", "a"]
    order = [0, 5, 1, 4, 2, 3]
    turned = dice_of_patients(mask[order], label[order], [patients[row] for row in order])
    assert torch.equal(turned, dice_of_patients(mask, label, patients))


def test_iou_is_that_of_monai():
    rng = stream(2, "iou")
    label, mask = (torch.randint(0, 2, (6, 3, 5, 5), generator=rng).float() for _ in range(2))
    torch.testing.assert_close(iou_of_mask(mask, label), compute_iou(mask, label))


def test_iou_of_empty_masks():
    full, empty = torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 2, 2)
    assert [iou_of_mask(*pair).item() for pair in ((empty, empty), (full, empty), (empty, full))] == [1, 0, 0]
