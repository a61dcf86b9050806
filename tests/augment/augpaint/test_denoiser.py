from functools import partial

import pytest
import torch

from segaug.augment.artefact import quiet, unkept
from segaug.augment.augpaint.autoencoder import Latents, Patches
from segaug.augment.augpaint.denoiser import DenoiserLearning, blackened, denoiser_of, random_mask
from segaug.augment.augpaint.frame import Frame
from segaug.augment.augpaint.noise import gaussian_loss
from segaug.augment.augpaint.options import PROFILES, Denoiser, settled
from segaug.rng import stream
from tests.augment.augpaint.examples import DENOISER, SIZE
from tests.augment.learned import hearts

IMAGES = hearts(9, SIZE, seed=1).image
FRAME = Frame(SIZE, 8)


def course(**options):
    return settled(Denoiser(**options), settled(DENOISER, PROFILES["small"].denoiser))


def learned(options, prediction="v", conditional=False):
    latents = Latents(Patches(1, 4), FRAME).fit(IMAGES)
    rng = partial(stream, 0, "test")
    learning = DenoiserLearning(IMAGES, latents, options, prediction, conditional, rng, quiet, unkept)
    learning.run(torch.device("cpu"))
    return learning


def test_what_is_stored_predicts_as_what_was_trained():
    options = course(updates=2)
    learning = learned(options)
    content = learning.content()
    latents = Latents(Patches(1, 4), FRAME)
    network = denoiser_of(content, latents, options, conditional=False)
    noisy = torch.randn(2, 16, 4, 6, generator=stream(0, "noisy"))
    assert torch.equal(network.predict(noisy, 500), learning.kept.predict(noisy, 500))
    for name in ("mean", "std", "low", "high"):
        assert torch.equal(getattr(latents, name), getattr(learning.latents, name)), name


@pytest.mark.parametrize("prediction", ["v", "epsilon"])
def test_health_is_its_loss_beside_that_of_a_gaussian(prediction):
    learning = learned(course(updates=1), prediction)
    health = learning.content().facts["health"]
    assert health["gaussian_loss"] == pytest.approx(gaussian_loss(prediction, learning.latent.var(0)))
    assert learning.content().failed is not None  # it starts at a prediction of 0, whose loss is about 1
    assert f"{health['loss']:.3f}" in learning.content().failed
    assert health["loss"] == pytest.approx(1, abs=0.15)


def test_the_unconditional_one_has_no_condition_and_the_conditional_one_minds_it():
    learning = learned(course(updates=3), conditional=True)
    network = learning.kept
    assert network.unet.conv_in.conv.in_channels == 2 * 16
    noisy, condition = torch.randn(2, 2, 16, 4, 6, generator=stream(0, "noisy"))
    assert not torch.equal(network.predict(noisy, 500, condition), network.predict(noisy, 500, -condition))


def test_random_masks_are_unions_of_rectangles_of_the_stated_size():
    masks = random_mask(400, torch.Size((40, 60)), stream(0, "masks"))
    assert masks.shape == (400, 1, 40, 60)
    assert masks.dtype == torch.bool
    areas = masks.float().mean((1, 2, 3))
    assert areas.min() > 0.01
    assert areas.max() < 0.55
    assert 0.15 < areas.mean() < 0.35
    assert torch.equal(masks, random_mask(400, torch.Size((40, 60)), stream(0, "masks")))


def test_blackened_pixels_have_the_least_intensity_of_their_image():
    kept = random_mask(len(IMAGES), IMAGES.shape[2:], stream(0, "masks"))
    black = blackened(IMAGES, kept)
    assert torch.equal(black[kept], IMAGES[kept])
    assert all((row[~mask] == image.min()).all() for row, mask, image in zip(black, kept, IMAGES, strict=True))
