import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from segaug.augment.task_driven.health import measure, over_the_phase, trouble
from segaug.augment.task_driven.networks import DeformationGenerator, IntensityGenerator
from segaug.rng import stream
from tests.augment.learned import hearts
from tests.augment.task_driven.examples import SIZE

GOOD = {"magnitude": 1.0, "spread": 0.5, "lost_draws": 0.0}


class Shift(DeformationGenerator):
    """A constant field, plus the code's first number along the rows; in pixels of a side of 224."""

    def __init__(self, columns_px: float, rows_px: float = 0.0) -> None:
        nn.Module.__init__(self)
        self.columns_px, self.rows_px = columns_px, rows_px

    def forward(self, image, z):
        field = torch.zeros(len(image), 2, *image.shape[2:])
        field[:, 0] = self.rows_px * z[:, :1, None]
        field[:, 1] = self.columns_px
        return field


class Add(IntensityGenerator):
    def __init__(self, change: float) -> None:
        nn.Module.__init__(self)
        self.change = change

    def forward(self, image, z):
        return self.change * z[:, :1, None, None].sign().expand_as(image)


def measured(generator, labelled=None):
    return measure(generator, hearts(6, SIZE) if labelled is None else labelled, stream(0, "health"))


def test_a_constant_field_has_its_length_no_fold_and_no_spread():
    health = measured(Shift(14.0))  # 2 pixels at a side of 32
    assert health["magnitude"] == pytest.approx(2, abs=1e-5)
    assert health["p95_px"] == pytest.approx(2, abs=1e-5)
    assert health["share_of_side"] == pytest.approx(2 / 32, abs=1e-6)
    assert (health["folded_share"], health["spread"], health["lost_draws"]) == (0, pytest.approx(0, abs=1e-6), 0)


def test_spread_is_the_deviation_over_codes():
    health = measured(Shift(0.0, rows_px=7.0))  # one pixel times a normal number
    assert health["spread"] == pytest.approx(1, abs=0.15)
    assert health["magnitude"] == pytest.approx(math.sqrt(2 / math.pi), abs=0.15)


def test_foreground_that_is_carried_out_of_the_frame_is_counted():
    """The labels lie in the left half; a pull from the right carries them off to the left."""
    labelled = hearts(3, SIZE)
    label = torch.zeros_like(labelled.label)
    label[..., 8:16] = 1
    labelled = replace(labelled, label=label)
    for pixels, leaving in ((0, 0.0), (8, 0.0), (10, 0.25), (12, 0.5), (16, 1.0)):
        health = measured(Shift(7.0 * pixels), labelled)
        assert health["leaving_share"] == pytest.approx(leaving, abs=1e-3)
        assert health["lost_draws"] == (leaving > 0.5)


@pytest.mark.parametrize("sides", [1.5, 3.0])
def test_foreground_that_is_carried_out_of_sight_has_left(sides):
    health = measured(Shift(224 * sides))
    assert (health["leaving_share"], health["lost_draws"]) == (1, 1)


def test_without_labels_nothing_is_said_of_the_foreground():
    labelled, without = (
        measured(Shift(70.0)),
        measure(Shift(70.0), hearts(6, SIZE), stream(0, "health"), with_labels=False),
    )
    assert without == {name: value for name, value in labelled.items() if name not in ("leaving_share", "lost_draws")}
    assert trouble(without | {"spread": 1e3}) is None


def test_an_empty_label_loses_nothing():
    labelled = replace(hearts(2, SIZE), label=torch.zeros(2, 1, *SIZE))
    assert measured(Shift(70.0), labelled)["leaving_share"] == 0


def test_a_change_of_intensity_is_measured_in_grey_values():
    health = measured(Add(0.25))
    assert health == {"magnitude": pytest.approx(0.25), "spread": pytest.approx(0.25, abs=0.03)}


def test_a_good_generator_is_in_no_trouble():
    assert trouble(GOOD) is None
    assert trouble({"magnitude": 0.1, "spread": 0.1}) is None


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"magnitude": math.nan}, "diverged; lower augment.joint.learning_rate"),
        ({"spread": 0.04}, "collapsed.*4.0%.*least is 5%.*augment.joint.profile=stable"),
        ({"lost_draws": 0.75}, "75% of the draws.*augment.joint.lambda_ld"),
    ],
)
def test_trouble_is_one_sentence_with_a_way_out(bad, said):
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(trouble(GOOD | bad))


def test_a_generator_that_does_nothing_has_collapsed():
    assert "collapsed" in trouble({"magnitude": 0.0, "spread": 0.0})


def test_the_phase_in_means():
    history = {
        "update": [10, 20, 95, 100],
        "accuracy": [0.0, 0.0, 0.8, 1.0],
        "gradient_segmentation": [1.0, math.nan, 3.0, 2.0],
        "gradient_adversarial": [10.0, math.nan, 10.0, 0.0],
        "gradient_magnitude": [math.nan] * 4,
    }
    phase = over_the_phase(history, 100)
    assert phase["accuracy"] == pytest.approx(0.9)
    assert phase["task_share"] == pytest.approx(0.2)
    assert (phase["gradient_segmentation"], phase["gradient_magnitude"]) == (pytest.approx(2), None)


def test_ignored_pixels_are_no_foreground_to_lose():
    plain = hearts(6, SIZE)
    label = plain.label.clone()
    label[:, :, :4] = torch.nan
    with_rim = replace(plain, label=label, ignored=True)
    cut_off = replace(plain, label=label.nan_to_num(0))
    assert measured(Shift(20.0), with_rim) == measured(Shift(20.0), cut_off)
