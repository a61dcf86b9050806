"""GenDA on hippocampus MRI: the generator's health, and what the folding penalty does to it.  A few minutes."""

import os
from dataclasses import replace

import pytest
import torch

from segaug.augment.genda import GenDA
from segaug.augment.genda.networks import LATENT
from segaug.augment.genda.options import Gan
from segaug.batch import Batch
from segaug.deform.jacobian import folded
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import load
from segaug.registration.lddmm import Lddmm
from segaug.rng import stream
from tests.augment.learned import context

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif("SEGAUG_DATA" not in os.environ, reason="SEGAUG_DATA does not name the public data sets"),
]
SHORT = GenDA(external=16, gan=Gan(steps=400, width=16, averaging=0.98))


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    """64 x 64 pixels, decoded into a cache of its own."""
    return load(compose(["dataset=hippocampus", "dataset.size=64", f"cache={tmp_path_factory.mktemp('cache')}"]))


@pytest.fixture(scope="module")
def learning(task):
    """What is learned here is kept, so that both generators share the registrations."""
    return context(task.batch(task.split.pool[:4]), task.image[list(task.split.external)])


@pytest.fixture(scope="module")
def trained(learning):
    return SHORT.prepare(learning)


def fields_px(generator, batch: Batch):
    z = torch.randn(len(batch), LATENT, generator=stream(0, "z"))
    return generator(batch.image, z, tuple(batch.image.shape[2:]))


def test_it_is_healthy(learning, trained):
    health = learning.obtain(SHORT.artefacts(learning)[-1]).facts["health"]
    assert health["folded"] < 0.005
    assert health["spread"] >= 0.25
    assert 0.5 < health["magnitude"] < 1.5


def test_it_rarely_folds_on_images_that_it_has_never_seen(task, trained):
    assert folded(fields_px(trained, task.batch(task.split.pool))).float().mean() < 0.005


def test_the_folding_penalty_prevents_folds_where_registrations_are_strained(learning, task):
    """At the default regularisation there is nothing to prevent; at this one, real fields come close to folding."""
    penalised = replace(SHORT, lddmm=Lddmm(sigma=1.0, ell=0.05))
    free = replace(penalised, gan=replace(SHORT.gan, folding=0.0))
    batch = task.batch(task.split.pool)
    with_penalty, without = (
        folded(fields_px(one.prepare(learning), batch)).float().mean() for one in (penalised, free)
    )
    assert without > with_penalty
    assert with_penalty < 0.005
