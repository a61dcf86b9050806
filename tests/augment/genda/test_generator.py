from dataclasses import replace

import pytest
import torch

from segaug.augment import momenta
from segaug.augment.artefact import quiet, unkept
from segaug.augment.genda import generator
from segaug.augment.genda.generator import generator_artefacts, generator_of
from segaug.augment.genda.networks import LATENT
from segaug.augment.genda.options import Gan
from segaug.registration.lddmm import Lddmm, Registered
from segaug.rng import stream
from tests.augment.genda.examples import smooth

TINY = Gan(steps=3, images=2, width=4)
IMAGES = smooth(5, 1, grid=(48, 40)).sigmoid()


def no_momenta(artefact):
    raise AssertionError("asked for momenta")


@pytest.fixture
def obtain(monkeypatch):
    """Makes artefacts, with random momenta for registrations."""

    def register(moving, fixed, lddmm):
        momentum = torch.zeros(len(moving), 2, 2 * lddmm.k + 1, 2 * lddmm.k + 1)
        momentum[..., :3, :3] = 0.1 * torch.randn(len(moving), 2, 3, 3, generator=stream(0, "register"))
        return Registered(momentum, None, *[torch.ones(len(moving))] * 5)

    monkeypatch.setattr(momenta, "register", register)
    return lambda artefact: artefact.make(None, quiet, unkept)


def name(images=IMAGES, gan=TINY, lddmm=None):
    return generator_artefacts(images, gan, lddmm or Lddmm(), no_momenta)[1].name


def test_the_name_follows_the_images_and_every_option():
    names = [name(), name(IMAGES[:4]), name(IMAGES + 0.01), name(lddmm=Lddmm(sigma=2.0))]
    for option, value in vars(TINY).items():
        other = 0.5 * value if isinstance(value, float) else value + 1 if option != "max_pairs_per_image" else 63
        names.append(name(gan=replace(TINY, **{option: other})))
    assert len(set(names)) == len(names) == 4 + len(vars(TINY))


def test_another_registration_is_learned_from_anew(monkeypatch):
    before = name()
    monkeypatch.setattr(generator, "REGISTRATION", 0)
    assert name() != before


def test_neither_the_order_of_the_images_nor_doubles_matter(obtain):
    shuffled = torch.cat([IMAGES.flip(0), IMAGES[1:3]])
    assert name(shuffled) == name()
    one, other = (
        generator_artefacts(images, TINY, Lddmm(), obtain)[1].make(None, quiet, unkept) for images in (IMAGES, shuffled)
    )
    assert one.facts == other.facts
    assert all(torch.equal(one.tensors[key], other.tensors[key]) for key in one.tensors)


def test_one_momenta_artefact_a_source_comes_first():
    first, _ = generator_artefacts(IMAGES, TINY, Lddmm(), no_momenta)
    assert [artefact.kind for artefact in first] == ["momenta"] * 5


def test_what_is_stored_is_the_generator_its_health_and_a_picture(obtain):
    content = generator_artefacts(IMAGES, TINY, Lddmm(), obtain)[1].make(None, quiet, unkept)
    made = generator_of(content)
    assert not made.training
    assert not any(weight.requires_grad for weight in made.parameters())
    assert made.grid == (32, 24)
    assert made(IMAGES, torch.zeros(5, LATENT), (48, 40)).abs().max() > 0
    assert content.facts["pairs"] == 20
    assert set(content.facts["health"]) == {"folded", "magnitude", "spread"}
    assert content.facts["history"][-1]["step"] == 3
    assert content.tensors["shown.image"].shape == (4, 32, 24)
    assert content.tensors["shown.real_px"].shape == content.tensors["shown.made_px"].shape == (4, 3, 2, 32, 24)


def test_a_collapsed_generator_is_stored_as_failed(obtain):
    still = replace(TINY, smoothness=1e4, learning_rate=0.01, steps=40, averaging=0.0)  # nothing but smooth pays
    content = generator_artefacts(IMAGES, still, Lddmm(), obtain)[1].make(None, quiet, unkept)
    assert content.facts["health"]["spread"] < 0.25
    assert content.failed.startswith("the generator collapsed")


def test_a_diverged_generator_is_stored_as_failed(obtain):
    wild = replace(TINY, learning_rate=1e18, steps=20)
    content = generator_artefacts(IMAGES, wild, Lddmm(), obtain)[1].make(None, quiet, unkept)
    assert content.facts["health"]["spread"] is None
    assert content.failed.startswith("the generator's training diverged")


def test_it_is_made_after_the_registrations_that_it_learns_from():
    momenta, generator = generator_artefacts(IMAGES, TINY, Lddmm(), pytest.fail)
    assert generator.needs == tuple(artefact.name for artefact in momenta)
