"""What chooses the best weights, on predictions worked out by hand."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from segaug.augment.none import NoAugmentation
from segaug.training.criterion import Criterion
from segaug.training.fit import fit
from segaug.training.stopwatch import Stopwatch
from tests.training.test_fit import PROTOCOL, images, network


def masks_and_label():
    """Two slices of patient a and one of b; the structure is in the first slice only, and is found half."""
    label = torch.zeros(3, 1, 2, 4)
    label[0, 0, 0] = 1
    label[2, 0, 1] = 1
    logits = torch.full_like(label, -3.0)
    logits[0, 0, 0, :2] = 3  # Dice 2 * 2 / (2 + 4)
    logits[2, 0, 1] = 3  # Dice 1; slice 1 is rightly empty, Dice 1
    return logits, label


def test_dice_is_the_mean_over_images_and_dice_patient_over_patients():
    logits, label = masks_and_label()
    of_images = Criterion("dice", 1).values(logits, label)
    assert of_images["dice"] == pytest.approx((2 / 3 + 1 + 1) / 3)
    of_patients = Criterion("dice_patient", 1, ("a", "a", "b")).values(logits, label)
    assert of_patients["dice_patient"] == pytest.approx((2 / 3 + 1) / 2)
    assert set(of_patients) == {"bce", "dice_patient"}


def test_several_structures_are_chosen_by_their_own_cross_entropy():
    assert Criterion("bce", 1).keys == ("bce",)
    assert Criterion("bce", 3).keys == ("ce",)
    assert Criterion("dice", 3).keys == ("ce", "dice")


class Told(nn.Module):
    """Predicts, validation by validation: more and more surely wrong pixels, then fewer, but surer ones."""

    def __init__(self, wrong=(3, 2, 1, 1), logit=(1.0, 2.0, 8.0, 4.0)):
        super().__init__()
        self.trained, self.wrong, self.logit, self.step = network(), wrong, logit, 0

    def forward(self, image):
        if self.training:
            return self.trained(image)
        logits = torch.full_like(image, self.logit[self.step])
        logits.flatten()[: self.wrong[self.step]] *= -1  # of labels that are all 1
        self.step += 1
        return logits


@pytest.mark.parametrize(("select", "best", "kept"), [("bce", 4, {"bce"}), ("dice", 3, {"bce", "dice"})])
def test_the_best_weights_are_chosen_by_what_is_selected(select, best, kept):
    """The fewest wrong pixels come at update 3, the lowest cross-entropy later; a tie at 4 is no gain for Dice."""
    validation = replace(images(1), label=torch.ones(1, 1, 8, 8))
    protocol = replace(PROTOCOL, length=4, validate_every=1, select=select)
    trained = fit(Told(), NoAugmentation(), None, images(8), validation, protocol, 0, Stopwatch())
    assert trained.best_update == best
    assert set(trained.history.validation) == kept
    assert all(len(values) == 4 for values in trained.history.validation.values())


def test_patience_follows_what_is_selected():
    """The cross-entropy falls at each validation, Dice does not."""
    validation = replace(images(1), label=torch.ones(1, 1, 8, 8))
    protocol = replace(PROTOCOL, length=4, validate_every=1, patience=2, select="dice")
    told = Told(wrong=(0, 0, 0, 0), logit=(1.0, 2.0, 3.0, 4.0))
    trained = fit(told, NoAugmentation(), None, images(8), validation, protocol, 0, Stopwatch())
    assert (trained.updates, trained.best_update, trained.stopped) == (3, 1, "patience")
