"""On a GPU the same is learned, painted and chosen as on the CPU, but for rounding."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from segaug.augment.artefact import quiet, unkept
from segaug.augment.augpaint.augpaint_conditional import AugPaintConditional
from segaug.augment.augpaint.autoencoder import AutoencoderLearning, Latents, Patches
from segaug.augment.augpaint.boxes import kept_pixels
from segaug.augment.augpaint.denoiser import DenoiserLearning
from segaug.augment.augpaint.frame import Frame
from segaug.augment.augpaint.options import PROFILES, Autoencoder, settled
from segaug.augment.augpaint.sampler import Sampling
from segaug.augment.augpaint.strategy import AugPaint
from segaug.rng import stream
from tests.augment.augpaint.examples import CHEAP, DENOISER, SIZE, cheap, context
from tests.augment.learned import hearts

pytestmark = pytest.mark.gpu
CPU, GPU = torch.device("cpu"), torch.device("cuda")
SMALL = PROFILES["small"]
AUTOENCODER = Autoencoder(updates=7, channels=[8], factor=2, codes=16, without_codes=2, refill_every=3)
SUBSET = hearts(3, SIZE)
KINDS = pytest.mark.parametrize("kind", [AugPaint, AugPaintConditional])


def autoencoder(image):
    course = settled(AUTOENCODER, SMALL.autoencoder)
    return AutoencoderLearning(image, course, Frame(SIZE, 8), partial(stream, 0, "test"), quiet, unkept)


def denoiser(image, conditional=False):
    course = settled(DENOISER, SMALL.denoiser)
    latents = Latents(Patches(1, 2), Frame(SIZE, 8)).to(image.device).fit(image)
    return DenoiserLearning(image, latents, course, "v", conditional, partial(stream, 0, "test"), quiet, unkept)


def there(made, device):
    """A context on a device."""
    on_cpu = context(SUBSET, made=made)
    return replace(on_cpu, subset=on_cpu.subset.to(device), allowed=on_cpu.allowed.to(device))


@pytest.mark.parametrize(
    "training", [autoencoder, denoiser, partial(denoiser, conditional=True)], ids=["autoencoder", "denoiser", "shown"]
)
def test_it_learns_the_same(training):
    """Adam divides by the size of a gradient: of what hardly has one, rounding decides the sign of a step."""
    image, contents = hearts(9, SIZE, seed=1).image, []
    for device in (CPU, GPU):
        learning = training(image.to(device))
        learning.run(device)
        contents.append(learning.content())
    one, other = contents
    assert all(tensor.device == CPU for tensor in other.tensors.values())
    assert other.facts["history"]["loss"] == pytest.approx(one.facts["history"]["loss"], rel=2e-2)
    measured = "error" if training is autoencoder else "loss"
    assert other.facts["health"][measured] == pytest.approx(one.facts["health"][measured], rel=0.1)
    for name, tensor in one.tensors.items():
        assert other.tensors[name].shape == tensor.shape, name


@KINDS
@pytest.mark.parametrize("first_stage", ["patches", "vq"])
def test_it_paints_the_same(kind, first_stage):
    """The same networks and draws, in float32; a code that two are equally near may be the other one."""
    small = {"first_stage": first_stage, "autoencoder": Autoencoder(updates=20, channels=[16, 16], without_codes=5)}
    strategy, made, images = cheap(kind, **small if first_stage == "vq" else {}), {}, []
    for device in (CPU, GPU):
        painter = strategy.learning(there(made, CPU)).painter(device)
        rng = stream(0, "draw")
        shape = painter.latent_shape(len(SUBSET))
        source = SUBSET.to(device)
        sampling = Sampling(strategy.prediction, 3, resample=2)
        draw = lambda: torch.randn(shape, generator=rng).to(device)  # noqa: B023, E731  # called in this turn only
        images.append(painter.paint(source.image, kept_pixels(source.label, "box"), sampling, draw, clip=True))
    one, other = images
    assert other.is_cuda
    wrong = (other.cpu() - one).abs()
    assert wrong.mean() < 2e-3
    assert (wrong > 0.02).float().mean() < (0.01 if first_stage == "vq" else 1e-9)


@KINDS
def test_the_bank_of_the_same_samples_is_the_same(kind):
    strategy, made = cheap(kind), {}
    one = strategy.prepare(there(made, CPU))
    samples = {name: content for name, content in made.items() if not name.startswith("augpaint_bank")}
    assert len(samples) < len(made)
    other = strategy.prepare(there(samples, GPU))
    assert other.artefact == one.artefact
    assert torch.equal(other.image, one.image)
    assert torch.equal(other.kept_px, one.kept_px)
    assert torch.equal(other.nearest, one.nearest)
    torch.testing.assert_close(other.distance, one.distance, atol=1e-4, rtol=0)
    torch.testing.assert_close(other.score, one.score, atol=2e-2, rtol=0)
    assert other.image.device == CPU
    assert strategy.training_set(there(samples, GPU).subset, other).image.is_cuda


def test_everything_may_be_made_there():
    strategy, made = AugPaint(**CHEAP), {}
    there_too = there(made, GPU)
    bank = strategy.prepare(there_too)
    rows = strategy.training_set(there_too.subset, bank)
    assert rows.image.is_cuda
    assert rows.label.is_cuda
    assert all(tensor.device == CPU for content in made.values() for tensor in content.tensors.values())
