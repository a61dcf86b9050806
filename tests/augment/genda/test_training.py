import math
from dataclasses import replace
from functools import cache, partial

import pytest
import torch

from segaug.augment.artefact import quiet
from segaug.augment.genda.networks import LATENT, Generator
from segaug.augment.genda.options import Gan
from segaug.augment.genda.training import Draws, start_at_real_amplitude, trained
from segaug.rng import stream
from tests.augment.genda.examples import fields

GRID = (32, 24)
TINY = Gan(steps=4, images=3, width=4)
rng = partial(stream, 0, "test")


def run(gan=TINY, tell=quiet, real=None):
    return trained(real or fields(), gan, GRID, rng, tell)


def equal(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def test_training_again_gives_the_same_generator_and_history():
    first, second = run(), run()
    assert equal(first[0], second[0])
    assert first[1] == second[1]


def test_no_global_random_state_moves():
    before = torch.get_rng_state()
    run()
    assert torch.equal(torch.get_rng_state(), before)


@cache
def folded_by(gan):
    """What is learned of fields of which some cells fold, so that the penalty has something to do."""
    return run(gan, real=fields(strength_px=30.0))[0]


@pytest.mark.parametrize("option", ["r1", "smoothness", "folding", "averaging", "learning_rate"])
def test_each_option_acts(option):
    gan = replace(TINY, steps=3, folding=1000.0)
    changed = replace(gan, **{option: 0.5 * getattr(gan, option)})
    assert not equal(folded_by(gan), folded_by(changed))


def test_health_is_measured_over_the_training_and_progress_told_to_its_end():
    told = []
    _, history = run(replace(TINY, steps=11), tell=lambda *now: told.append(now))
    assert [entry["step"] for entry in history] == [2, 4, 6, 8, 10, 11]
    assert all(math.isfinite(entry[name]) for entry in history for name in ("folded", "magnitude", "spread"))
    assert told[-1] == (11, 11, "training the generator")
    assert [done for done, _, _ in told] == list(range(1, 12))


def test_what_diverges_is_stopped_and_left_to_be_named():
    _, history = run(replace(TINY, steps=400, learning_rate=1e18))
    assert history[-1]["step"] < 400
    assert history[-1]["spread"] is None


def test_fields_that_are_judged_together_are_different_fields_of_one_image():
    real = fields()
    for step in Draws(real, replace(TINY, fields_per_image=3), rng("draws")):
        for image, judged in zip(step.real_image, step.real_px, strict=True):
            source = (real.image == image).flatten(1).all(1).nonzero().item()
            places = [(real.field_px[source] == one).flatten(1).all(1).nonzero().item() for one in judged]
            assert len(set(places)) == 3
        assert step.z.shape == (3, 3, LATENT)


@pytest.mark.parametrize("strength_px", [0.01, 5.0])
def test_it_starts_at_the_amplitude_of_the_real_fields(strength_px):
    real = fields(sources=64, targets=2, strength_px=strength_px)
    generator = Generator(real.grid, width=4, scale_px=real.scale_px)
    start_at_real_amplitude(generator, real, rng("amplitude"))
    field = generator(real.image, torch.randn(64, LATENT, generator=rng("z")))
    assert field.std().item() == pytest.approx(real.scale_px, rel=0.15)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_short_training_keeps_the_spread_that_judging_fields_one_by_one_loses():
    """The reason for `fields_per_image`: at equal steps and fields, the plain conditional GAN ignores z."""
    gan = Gan(steps=150, images=4, width=8, averaging=0.0)
    real = fields(sources=8, targets=20)
    alone, together = (run(g, real=real)[1][-1] for g in (replace(gan, images=8, fields_per_image=1), gan))
    assert together["spread"] > 0.25
    assert together["spread"] > 2 * alone["spread"]
