"""Strategies that need grey: in colour they learn and draw what they do for the grey of the same images."""

from dataclasses import replace

import pytest
import torch

from segaug.augment.augment import augment
from segaug.augment.genda import GenDA
from segaug.augment.genda.options import Gan
from segaug.augment.regda import RegDA
from segaug.augment.smooth_random import SmoothRandom
from segaug.augment.strategy import NOTHING
from segaug.deform.warp import warp
from segaug.grey import grey
from segaug.rng import stream
from tests.augment.learned import context, hearts
from tests.slow_rest import slow_but

STRATEGIES = {
    "regda": RegDA(external=1, mixed=1),
    "smooth_random": SmoothRandom(external=2, mixed=1),
    "genda": GenDA(train_on="subset_and_external", external=1, gan=Gan(steps=2, width=4, side_px=16)),
}


def rng(*names):
    return stream(8, *names)


def stained(batch):
    """A batch in colour: each channel another curve of the grey one."""
    return replace(batch, image=torch.cat([batch.image, batch.image.square(), 1 - 0.5 * batch.image], 1))


@pytest.mark.parametrize("strategy", slow_but(STRATEGIES.values(), "regda", ids=STRATEGIES))
def test_fields_are_those_of_the_grey_images_and_move_all_channels(strategy):
    colour, external = stained(hearts(3, seed=1)), stained(hearts(2, seed=2)).image
    in_grey = replace(colour, image=grey(colour.image))
    made = {}  # shared: what is asked for twice is made once
    contexts = context(colour, external, made), context(in_grey, grey(external), made)
    names = [[artefact.name for artefact in strategy.artefacts(one)] for one in contexts]
    assert names[0] == names[1]

    prepared = [strategy.prepare(one) for one in contexts]
    drawn = strategy.sample(colour, prepared[0], rng("draw"))
    fields = [
        strategy.displacement_px(batch, drawn, learned)
        for batch, learned in zip((colour, in_grey), prepared, strict=True)
    ]
    assert fields[0].abs().max() > 0.01
    assert torch.equal(*fields)

    alone = augment((strategy,), prepared[0], colour, lambda *_: rng("draw"))
    moved = warp(colour.image, fields[0])
    torch.testing.assert_close(alone.image, moved)
    for channel in range(3):
        torch.testing.assert_close(
            moved[:, channel : channel + 1], warp(colour.image[:, channel : channel + 1], fields[0])
        )


def test_keys_of_grey_tasks_name_the_images_as_they_are():
    images = hearts(3, seed=1)
    assert grey(images.image) is images.image
    chosen = RegDA().external_images(replace(NOTHING, external=images.image))
    assert torch.equal(chosen, images.image)
