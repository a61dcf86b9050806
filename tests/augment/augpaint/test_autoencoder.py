from functools import partial

import pytest
import torch
from torch.nn import functional

from segaug.augment.artefact import quiet, unkept
from segaug.augment.augpaint.autoencoder import AutoencoderLearning, Latents, Patches, latents_of
from segaug.augment.augpaint.frame import Frame
from segaug.augment.augpaint.options import PROFILES, Autoencoder, settled
from segaug.rng import stream
from tests.augment.learned import hearts

SIZE = (24, 30)
IMAGES = hearts(10, SIZE, seed=1).image
FRAME = Frame(SIZE, 8)


def course(**options):
    small = {"updates": 40, "batch_size": 4, "warmup": 2, "factor": 2, "channels": [12], "blocks": 1, "codes": 16}
    return settled(
        Autoencoder(**small | {"without_codes": 5, "refill_every": 5} | options), PROFILES["small"].autoencoder
    )


def learned(**options):
    learning = AutoencoderLearning(IMAGES, course(**options), FRAME, partial(stream, 0, "test"), quiet, unkept)
    learning.run(torch.device("cpu"))
    return learning


@pytest.fixture(scope="module")
def content():
    return learned().content()


@pytest.mark.parametrize(("size", "factor"), [((24, 30), 2), ((24, 30), 4), ((7, 5), 4)])
def test_patches_lose_nothing(size, factor):
    image = torch.rand(3, 2, *size, generator=stream(0, "image"))
    latents = Latents(Patches(2, factor), Frame(size, 2 * factor)).fit(image)
    torch.testing.assert_close(latents.decode(latents.encode(image)), image, atol=1e-6, rtol=0)


def test_latents_are_normalised_and_their_range_is_that_of_the_training_images():
    latents = Latents(Patches(1, 2), FRAME).fit(IMAGES)
    latent = latents.encode(IMAGES)
    torch.testing.assert_close(latent.mean((0, 2, 3)), torch.zeros(4), atol=1e-5, rtol=0)
    torch.testing.assert_close(latent.std((0, 2, 3)), torch.ones(4), atol=1e-5, rtol=0)
    torch.testing.assert_close(latents.low.flatten(), latent.amin((0, 2, 3)), atol=1e-5, rtol=0)
    torch.testing.assert_close(latents.high.flatten(), latent.amax((0, 2, 3)), atol=1e-5, rtol=0)


def test_encoding_is_not_quantised_and_decoding_is(content):
    """As in latent-diffusion; so decoding what lies near a code is decoding the code."""
    latents = latents_of(content, 1, course(), FRAME)
    latent = latents.encode(IMAGES)
    codes = latents.stage.codebook.embedding.weight
    raw = (latent * latents.std + latents.mean).movedim(1, -1).flatten(0, -2)
    nearest = codes[torch.cdist(raw, codes).argmin(1)]
    assert (raw - nearest).abs().max() > 1e-3
    quantised = nearest.view(*latent.movedim(1, -1).shape).movedim(-1, 1)
    normal = (quantised - latents.mean) / latents.std
    torch.testing.assert_close(latents.decode(normal), latents.decode(latent), atol=1e-5, rtol=0)


def test_using_what_was_stored_changes_nothing_of_it(content):
    """In training mode any call of MONAI's quantiser would move the codebook."""
    latents = latents_of(content, 1, course(), FRAME)
    before = {name: value.clone() for name, value in latents.state_dict().items()}
    latents.decode(latents.encode(IMAGES))
    assert all(torch.equal(value, before[name]) for name, value in latents.state_dict().items())
    assert all(torch.equal(value, content.tensors[name]) for name, value in before.items())


def test_the_codebook_is_filled_from_data_and_what_nobody_chooses_is_set_again():
    seen = []

    class Watched(AutoencoderLearning):
        def _set(self, which, latent, update):
            super()._set(which, latent, update)
            codes = self.vq.codebook.embedding.weight[which]
            seen.append(
                (
                    update,
                    int(which.sum()),
                    bool(torch.cdist(codes, latent).amin(1).max() < 1e-4) if len(codes) else True,
                )
            )

    Watched(IMAGES, course(), FRAME, partial(stream, 0, "test"), quiet, unkept).run(torch.device("cpu"))
    assert seen[0][:2] == (5, 16)
    assert [update for update, _, _ in seen[1:]] == list(range(10, 40, 5))
    assert all(from_data for _, _, from_data in seen)


def test_health_is_the_error_beside_that_of_shrinking_the_images(content):
    latents = latents_of(content, 1, course(), FRAME)
    health = content.facts["health"]
    assert health["error"] == pytest.approx(
        (latents.decode(latents.encode(IMAGES)) - IMAGES).abs().mean().item(), rel=1e-5
    )
    framed = FRAME.padded(IMAGES)
    small = functional.interpolate(framed, scale_factor=0.5, mode="bicubic", antialias=True)
    back = functional.interpolate(small, size=framed.shape[2:], mode="bicubic")
    assert health["bicubic_error"] == pytest.approx(
        (FRAME.cropped(back).clamp(0, 1) - IMAGES).abs().mean().item(), rel=1e-5
    )
    assert 0 < health["codes_used"] <= 1
    assert "bicubic" not in (content.failed or "")


def test_one_that_is_no_better_than_shrinking_is_refused_with_both_numbers():
    content = learned(updates=1, without_codes=0).content()
    assert "no better than shrinking" in content.failed
    assert f"{content.facts['health']['error']:.4f}" in content.failed
    assert "augment.first_stage=patches" in content.failed
