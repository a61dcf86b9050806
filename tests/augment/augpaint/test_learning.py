"""Both trainings: ended at any update they go on to the same bits."""

from functools import partial

import pytest
import torch

from segaug.augment.artefact import quiet, unkept
from segaug.augment.augpaint.autoencoder import AutoencoderLearning, Latents, Patches
from segaug.augment.augpaint.denoiser import DenoiserLearning
from segaug.augment.augpaint.frame import Frame
from segaug.augment.augpaint.learning import Rates
from segaug.augment.augpaint.options import PROFILES, Autoencoder, settled
from segaug.rng import stream
from tests.augment.augpaint.examples import DENOISER, SIZE, same
from tests.augment.learned import hearts

SMALL = PROFILES["small"]
IMAGES = hearts(9, SIZE, seed=1).image
FRAME = Frame(SIZE, 8)
AUTOENCODER = settled(
    Autoencoder(updates=7, channels=[8], factor=2, codes=16, without_codes=2, refill_every=3), SMALL.autoencoder
)


def autoencoder(tell=quiet, keep=unkept, learning_rate=2e-3):
    course = settled(Autoencoder(learning_rate=learning_rate), AUTOENCODER)
    return AutoencoderLearning(IMAGES, course, FRAME, partial(stream, 0, "test"), tell, keep)


def denoiser(tell=quiet, keep=unkept, learning_rate=3e-3, conditional=False):
    course = settled(DENOISER, SMALL.denoiser)
    course = settled(type(DENOISER)(learning_rate=learning_rate), course)
    latents = Latents(Patches(1, 2), FRAME).fit(IMAGES)
    return DenoiserLearning(IMAGES, latents, course, "v", conditional, partial(stream, 0, "test"), tell, keep)


BOTH = pytest.mark.parametrize("training", [autoencoder, denoiser], ids=["autoencoder", "denoiser"])


class Ended(Exception):
    """Somebody ends the training from outside."""


@BOTH
@pytest.mark.parametrize("after", [1, 4])
def test_a_training_that_was_ended_goes_on_to_the_same_bits(training, after):
    whole = training()
    whole.run(torch.device("cpu"))
    kept = []

    def end(done, of, what):
        if done == after:
            raise Ended

    first = training(end, lambda snapshot: kept.append(snapshot()))
    with pytest.raises(Ended):
        first.run(torch.device("cpu"))
    assert [content.facts["done"] for content in kept] == list(range(1, after + 1))
    assert all(content.unfinished for content in kept)
    second = training()
    second.go_on(kept[-1])
    second.run(torch.device("cpu"))
    one, two = whole.content(), second.content()
    assert same(one.tensors, two.tensors)
    assert one.facts["history"] == two.facts["history"]
    assert one.facts["health"] == two.facts["health"]


@BOTH
def test_what_only_the_training_needs_is_not_stored(training):
    kept = []
    learning = training(keep=lambda snapshot: kept.append(snapshot()))
    learning.run(torch.device("cpu"))
    finished = learning.content()
    assert not finished.unfinished
    assert any("adam" in name for name in kept[0].tensors)
    assert not any("adam" in name or "averaged" in name for name in finished.tensors)


@BOTH
def test_what_diverged_is_failed_with_its_history(training):
    learning = training(learning_rate=1e30)
    learning.run(torch.device("cpu"))
    content = learning.content()
    assert "diverged" in content.failed
    assert "learning_rate" in content.failed
    assert content.facts["history"]["loss"][-1] is None
    assert content.facts["updates"] < learning.rates.updates


@BOTH
def test_global_random_state_is_neither_used_nor_moved(training):
    before = torch.get_rng_state()
    first = training()
    first.run(torch.device("cpu"))
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(1)
    second = training()
    second.run(torch.device("cpu"))
    assert same(first.content().tensors, second.content().tensors)


def test_the_mean_of_the_weights_is_the_last_network_first_and_the_stated_mean_later():
    learning = denoiser()
    start = [each.detach().clone() for each in learning.network.parameters()]
    seen = []
    learning.on_before_zero_grad = lambda _: seen.append(
        [each.detach().clone() for each in learning.network.parameters()]
    )
    learning.run(torch.device("cpu"))
    weights = [*seen[1:], list(learning.network.parameters())]
    assert len(weights) == learning.rates.updates
    mean = start
    for update, now in enumerate(weights):
        decay = min(learning.averaging, (1 + update) / (10 + update))
        mean = [decay * one + (1 - decay) * other for one, other in zip(mean, now, strict=True)]
    for one, other in zip(mean, learning.averaged, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-5)


def test_rates_rise_and_fall_linearly():
    rates = Rates(updates=10, learning_rate=1.0, warmup=4, decay=True)
    assert [rates.at(update) for update in range(4)] == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert [rates.at(update) for update in range(4, 10)] == pytest.approx([1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6])
    still = Rates(updates=10, learning_rate=1.0, warmup=0, decay=False)
    assert {still.at(update) for update in range(10)} == {1.0}
