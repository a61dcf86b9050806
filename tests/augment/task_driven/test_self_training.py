from dataclasses import replace

import pytest
import torch
from torch import nn

from segaug.augment.strategy import Allowed
from segaug.augment.task_driven.self_training import PseudoLabels, SelfTraining
from segaug.errors import ConfigError
from segaug.training.fit import fit
from segaug.training.stopwatch import Stopwatch
from tests.augment.learned import hearts
from tests.augment.task_driven.examples import SIZE, STILL, context, short_protocol

PROTOCOL = short_protocol(length=6, learning_rate=0.05, batch_size=4)


class Threshold(nn.Module):
    """Foreground where an image is brighter than what is learned."""

    def __init__(self, level: float) -> None:
        super().__init__()
        self.level = nn.Parameter(torch.tensor(level))

    def forward(self, image):
        return 20 * (image - self.level)


def beginning(level=0.6):
    return context(train_segmentation=lambda images, strategy: Threshold(level))


def trained(strategy, external=None):
    external = hearts(6, SIZE, seed=1).image if external is None else external
    prepared = strategy.prepare(replace(beginning(), allowed=Allowed(external=external)))
    network = Threshold(0.1)
    fit(network, strategy, prepared, hearts(5, SIZE), None, PROTOCOL, 0, Stopwatch(), Allowed(external=external))
    return network, prepared


def test_the_first_labels_are_those_of_the_network_that_begins():
    external = hearts(6, SIZE, seed=1).image
    prepared = SelfTraining().prepare(beginning())
    assert torch.equal(prepared.label, (external > 0.6).float())
    assert prepared.share == pytest.approx(6 / 11)


def test_the_network_that_begins_is_trained_with_the_baseline():
    asked = []

    def train(images, strategy):
        asked.append(strategy)
        return Threshold(0.6)

    strategy = SelfTraining(baseline=STILL)
    strategy.prepare(context(train_segmentation=train))
    assert asked == [STILL]


def test_training_goes_on_from_its_weights():
    """From 0.1 the threshold would still be far away after six updates."""
    network, _ = trained(SelfTraining(baseline=STILL))
    assert 0.4 < network.level.item() < 0.8


def test_each_round_but_the_first_labels_anew():
    labels = []

    class Counting(SelfTraining):
        def training_step(self, context):
            loss = super().training_step(context)
            labels.append(context.prepared.label.clone())
            return loss

    trained(Counting(baseline=STILL))
    changes = [step for step in range(1, 6) if not torch.equal(labels[step], labels[step - 1])]
    assert set(changes) <= {2, 4}
    assert changes


def test_rows_are_replaced_by_the_share_of_the_unlabelled_images():
    seen = []

    class Watching(SelfTraining):
        def training_step(self, context):
            def augment(batch):
                seen.append(batch.index)
                return batch

            return super().training_step(replace(context, augment=augment))

    trained(Watching(baseline=STILL))
    share = (torch.cat(seen) == -1).float().mean().item()
    assert 0.2 < share < 0.9


def test_it_needs_images_without_labels():
    with pytest.raises(ConfigError, match=r"self_training needs images without labels.*external_share"):
        SelfTraining().prepare(context(external=hearts(6, SIZE).image[:0]))


@pytest.mark.parametrize(("option", "value"), [("rounds", 0), ("p", 0.5)])
def test_other_values_are_refused_by_name(option, value):
    with pytest.raises(ConfigError, match=rf"augment\.{option}"):
        SelfTraining(**{option: value})


def test_labels_of_several_structures_are_hard_and_apart():
    network = nn.Conv2d(1, 3, 1)
    prepared = SelfTraining().prepare(context(train_segmentation=lambda images, strategy: network))
    assert prepared.label.shape[1] == 2
    assert set(prepared.label.unique().tolist()) <= {0, 1}
    assert prepared.label.sum(1).max() <= 1
    assert isinstance(prepared, PseudoLabels)
