from dataclasses import replace
from functools import partial

import pytest
import torch

from segaug.augment.augment import augment, draw
from segaug.augment.genda import GenDA
from segaug.augment.genda.networks import LATENT, Generator
from segaug.augment.genda.options import Gan
from segaug.augment.genda.strategy import Code
from segaug.errors import ConfigError
from segaug.rng import stream
from tests.augment.genda.examples import untrained_generator
from tests.augment.learned import context, hearts

rng = partial(stream, 3, "augment", 1)


@pytest.fixture(scope="module")
def generator():
    return untrained_generator()


def code(genda, batch, *names):
    return genda.sample(batch, None, rng(*names))


@pytest.mark.parametrize("size", [(32, 24), (64, 64), (57, 40)])
def test_the_field_is_the_generators_times_the_scale(generator, size):
    batch, genda = hearts(3, size), GenDA()
    drawn = code(genda, batch, "a")
    field = genda.displacement_px(batch, drawn, generator)
    assert field.shape == (3, 2, *size)
    assert field.abs().max() > 0.05
    full = genda.displacement_px(batch, replace(drawn, scale=torch.ones(3)), generator)
    torch.testing.assert_close(field, drawn.scale.view(-1, 1, 1, 1) * full)


def test_scale_zero_is_the_identity_bit_for_bit(generator):
    batch, still = hearts(3), GenDA(min_scale=0, max_scale=0)
    assert (still.displacement_px(batch, code(still, batch), generator) == 0).all()
    same = augment((still,), generator, batch, rng)
    assert torch.equal(same.image, batch.image)
    assert torch.equal(same.label, batch.label)


def test_draws_follow_the_stream_and_the_range():
    batch, genda = hearts(200), GenDA(min_scale=0.2, max_scale=0.7)
    one, again, other = code(genda, batch, "a"), code(genda, batch, "a"), code(genda, batch, "b")
    assert torch.equal(one.z, again.z)
    assert torch.equal(one.scale, again.scale)
    assert not torch.equal(one.z, other.z)
    assert one.z.shape == (200, LATENT)
    assert 0.2 <= one.scale.min() < 0.21
    assert 0.69 < one.scale.max() <= 0.7
    wide = code(GenDA(), batch, "a")
    assert torch.equal(wide.z, one.z)  # the range does not move the codes


def test_no_gradient_reaches_the_generator(generator):
    trainable = Generator((32, 24), width=4)
    batch, genda = hearts(2), GenDA()
    assert not genda.displacement_px(batch, code(genda, batch), trainable).requires_grad


def test_the_baseline_runs_after_it_on_its_own_numbers(generator):
    batch, genda = hearts(3), GenDA()
    own, shared = draw(genda.stages(), generator, batch, rng)
    assert isinstance(own.params, Code)
    assert torch.equal(shared.params.matrix, draw((genda.baseline,), None, batch, rng)[0].params.matrix)


def listed(genda, subset=None, external=None):
    """Names of the generator artefact."""
    subset = hearts(2, seed=1) if subset is None else subset
    external = hearts(5, seed=2).image if external is None else external
    return genda.artefacts(context(subset, external))[-1].name


def test_trained_on_external_images_all_subsets_share_one_generator():
    shared, published = GenDA(), GenDA(train_on="subset_and_external")
    assert listed(shared) == listed(shared, subset=hearts(4, seed=9))
    assert listed(published) != listed(published, subset=hearts(4, seed=9))
    assert listed(published) != listed(shared)


def test_what_only_sampling_uses_shares_the_generator():
    assert listed(GenDA()) == listed(GenDA(p=0.5, min_scale=0.3, max_scale=0.9))


def test_external_caps_the_images_and_may_be_more_than_there_are():
    assert listed(GenDA(external=4)) != listed(GenDA(external=5)) == listed(GenDA(external=50))
    kinds = [artefact.kind for artefact in GenDA(external=4).artefacts(context(hearts(2), hearts(5, seed=2).image))]
    assert kinds == ["momenta"] * 4 + ["genda"]


def test_subset_and_external_needs_no_external_image():
    genda = GenDA(train_on="subset_and_external", external=0)
    assert len(genda.artefacts(context(hearts(3), None))) == 4


@pytest.mark.parametrize("external", [None, torch.zeros(0, 1, 32, 24), hearts(2).image, torch.ones(9, 1, 32, 24)])
def test_too_few_different_images_are_refused_in_one_sentence(external):
    with pytest.raises(ConfigError, match=r"augment\.train_on in conf/augment/genda\.yaml: with external there are \d"):
        GenDA().artefacts(context(hearts(2), external))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (partial(GenDA, train_on="all"), "augment.train_on in conf/augment/genda.yaml: got all; use one of external, "),
        (partial(GenDA, external=-1), "augment.external in conf/augment/genda.yaml: got -1"),
        (
            partial(GenDA, min_scale=0.9, max_scale=0.5),
            "augment.min_scale in conf/augment/genda.yaml: got 0.9 with max",
        ),
        (partial(GenDA, min_scale=-0.1), "augment.min_scale in conf/augment/genda.yaml: got -0.1"),
        (partial(GenDA, p=1.5), "augment.p: got 1.5"),
        (partial(Gan, steps=0), "augment.gan.steps in conf/augment/genda.yaml: got 0; use at least 1"),
        (partial(Gan, learning_rate=0), "augment.gan.learning_rate in conf/augment/genda.yaml: got 0"),
        (partial(Gan, folding=-1), "augment.gan.folding in conf/augment/genda.yaml: got -1"),
        (partial(Gan, averaging=1), "augment.gan.averaging in conf/augment/genda.yaml: got 1"),
        (partial(Gan, side_px=8), "augment.gan.side_px in conf/augment/genda.yaml: got 8"),
        (partial(Gan, fields_per_image=65), "augment.gan.max_pairs_per_image in conf/augment/genda.yaml: got 64"),
        (partial(Gan, max_pairs=10), "augment.gan.max_pairs in conf/augment/genda.yaml: got 10"),
        (partial(Gan, smoothness=float("nan")), "augment.gan.smoothness in conf/augment/genda.yaml: got nan"),
    ],
)
def test_wrong_options_are_refused_by_name(make, message):
    with pytest.raises(ConfigError) as error:
        make()
    assert str(error.value).startswith(message)
