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
from segaug.deform.field import as_field
from segaug.deform.warp import warp
from segaug.grey import grey
from segaug.rng import stream
from tests.augment.genda.examples import untrained_generator
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


@pytest.fixture
def batches():
    """A batch in colour, and the grey of it."""
    colour = stained(hearts(3, seed=1))
    return colour, replace(colour, image=grey(colour.image))


@pytest.fixture
def contexts(batches):
    """Of each batch, with external images of its kind."""
    (colour, in_grey), external = batches, stained(hearts(2, seed=2)).image
    made = {}  # shared: what is asked for twice is made once
    return context(colour, external, made), context(in_grey, grey(external), made)


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=STRATEGIES)
def test_what_is_learned_of_images_in_colour_is_that_of_their_grey(strategy, contexts):
    colour, in_grey = ([artefact.name for artefact in strategy.artefacts(given)] for given in contexts)
    assert colour == in_grey


def test_a_generator_sees_the_grey_of_an_image(batches):
    """One that was not trained, which would take seconds."""
    genda, generator = GenDA(), untrained_generator()
    drawn = genda.sample(batches[0], generator, rng("draw"))
    fields = [genda.displacement_px(batch, drawn, generator) for batch in batches]
    assert fields[0].abs().max() > 0.01
    assert torch.equal(*fields)


@pytest.mark.parametrize("strategy", slow_but(STRATEGIES.values(), "regda", ids=STRATEGIES))
def test_fields_are_those_of_the_grey_images_and_move_all_channels(strategy, batches, contexts):
    colour, in_grey = batches
    prepared = [strategy.prepare(given) for given in contexts]
    drawn = strategy.sample(colour, prepared[0], rng("draw"))
    fields = [
        as_field(strategy.displacement_px(batch, drawn, learned)).dense_px()
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
