from dataclasses import replace

import pytest
import torch

from segaug.augment.strategy import Allowed
from segaug.augment.task_driven.adversarial import Adversarial
from segaug.augment.task_driven.networks import PixelDiscriminator
from segaug.errors import ConfigError
from segaug.form import Form
from segaug.models.network import build_with_seed
from segaug.models.nnunet import NnUnet
from segaug.training.fit import fit
from segaug.training.stopwatch import Stopwatch
from tests.augment.learned import hearts
from tests.augment.task_driven.examples import SIZE, context, short_protocol

PROTOCOL = short_protocol(length=4, learning_rate=1e-2, batch_size=3)


def trained(strategy, external=None):
    """The discriminator and the network after four updates; both as (before, after)."""
    external = hearts(6, SIZE, seed=1).image if external is None else external
    prepared = strategy.prepare(context(external=external))
    before = {name: value.clone() for name, value in prepared.state_dict().items()}
    network = build_with_seed(NnUnet(feature_size=4), 1)
    allowed = Allowed(external=external)
    fit(network, strategy, prepared, hearts(5, SIZE), None, PROTOCOL, 0, Stopwatch(), allowed)
    return before, prepared.state_dict(), torch.cat([weight.detach().flatten() for weight in network.parameters()])


@pytest.mark.parametrize("level", ["image", "pixel"])
def test_discriminator_and_network_learn_together(level):
    before, after, network = trained(Adversarial(level=level))
    assert any(not torch.equal(before[name], after[name]) for name in before if name.endswith("weight"))
    *_, alone = trained(Adversarial(level=level, weight=0.0))
    assert not torch.equal(network, alone)


def test_without_a_weight_the_unlabelled_images_move_no_weight_of_the_network():
    *_, one = trained(Adversarial(weight=0.0))
    *_, other = trained(Adversarial(weight=0.0), external=hearts(6, SIZE, seed=9).image)
    torch.testing.assert_close(one, other)


def test_a_rerun_is_the_same():
    assert torch.equal(trained(Adversarial())[2], trained(Adversarial())[2])


@pytest.mark.parametrize("size", [(32, 32), (40, 24)])
def test_a_discriminator_of_pixels_has_a_logit_for_each(size):
    assert PixelDiscriminator(2)(torch.rand(2, 2, *size)).shape == (2, *size)


def test_it_needs_images_without_labels():
    with pytest.raises(ConfigError, match=r"adversarial needs images without labels.*external_share"):
        Adversarial().prepare(context(external=hearts(6, SIZE).image[:0]))


@pytest.mark.parametrize("side", [32, 48, 80])
def test_sides_that_a_discriminator_of_images_cannot_take_are_refused(side):
    """At 32 pixels a batch of one image could not be normalised."""
    form = Form(channels=1, structures=("a",), size=(side, side))
    Adversarial(level="pixel").check(form)
    with pytest.raises(ConfigError, match=rf"dataset\.size.*{side}.*at least 64, or augment\.level=pixel"):
        Adversarial().check(form)
    Adversarial().check(Form(channels=1, structures=("a",), size=(64, 96)))


@pytest.mark.parametrize(
    ("option", "value"), [("p", 0.5), ("level", "voxel"), ("weight", -0.1), ("learning_rate", 0.0)]
)
def test_other_values_are_refused_by_name(option, value):
    with pytest.raises(ConfigError, match=rf"augment\.{option}"):
        Adversarial(**{option: value})


def test_baselines_of_both_batches_are_drawn_apart():
    """Else the discriminator would see pairs of images under one map."""
    seen = []
    strategy = Adversarial()

    class Watched(Adversarial):
        def _step(self, judge, labelled, unlabelled):
            seen.append((labelled[0], unlabelled[0]))

    same = hearts(5, SIZE).rows(torch.zeros(3, dtype=torch.long))
    network = build_with_seed(NnUnet(feature_size=4), 1)
    prepared = strategy.prepare(context(external=same.image))
    fit(
        network,
        Watched(),
        prepared,
        same,
        None,
        replace(PROTOCOL, length=2),
        0,
        Stopwatch(),
        Allowed(external=same.image),
    )
    labelled, unlabelled = seen[0]
    assert not torch.equal(labelled, unlabelled)
