"""The two trainings of AugPaint, short, with the loss of their bare networks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from segaug.augment.artefact import quiet, unkept
from segaug.augment.augpaint.autoencoder import AutoencoderLearning, Latents, Patches, Vq
from segaug.augment.augpaint.denoiser import DenoiserLearning
from segaug.augment.augpaint.frame import Frame
from segaug.augment.augpaint.learning import Learning
from segaug.augment.augpaint.noise import STEPS
from segaug.augment.augpaint.options import PROFILES, Autoencoder, Denoiser, settled
from segaug.rng import stream

IMAGES = 32


@dataclass(frozen=True)
class Training:
    """What is trained, and the loss of its network alone on one batch of the same size."""

    learning: Learning
    bare_loss: Callable[[nn.Module], Tensor]


def images(side: int, rows: int = IMAGES) -> Tensor:
    """Noise: what is computed does not depend on what an image shows."""
    return torch.rand(rows, 1, side, side, generator=stream(0, "images", side))


def frame_of(profile: str, side: int) -> Frame:
    """As the strategy pads its images."""
    plan = PROFILES[profile]
    return Frame((side, side), plan.autoencoder.factor * 2 ** (len(plan.denoiser.channels) - 1))


def autoencoder(profile: str, image: Tensor, updates: int) -> Training:
    """The vq first stage, with its codebook from the first update on."""
    course = settled(Autoencoder(updates=updates, without_codes=0), PROFILES[profile].autoencoder)
    frame = frame_of(profile, image.shape[-1])
    learning = AutoencoderLearning(image, course, frame, partial(stream, 0, "autoencoder"), quiet, unkept)
    batch = frame.padded(image[: course.batch_size])

    def loss(network: nn.Module) -> Tensor:
        made, commitment = network.vqvae(batch)
        return functional.l1_loss(made, batch) + commitment

    return Training(learning, loss)


def denoiser(profile: str, image: Tensor, updates: int, latents: Latents | None = None) -> Training:
    """On latents of this first stage; None: of patches."""
    plan = PROFILES[profile]
    course = settled(Denoiser(updates=updates), plan.denoiser)
    frame = frame_of(profile, image.shape[-1])
    latents = latents or Latents(Patches(image.shape[1], plan.autoencoder.factor), frame).to(image.device).fit(image)
    rng = partial(stream, 0, "denoiser")
    learning = DenoiserLearning(image, latents, course, plan.prediction, False, rng, quiet, unkept)
    batch = learning.latent[: course.batch_size]
    step = torch.randint(STEPS, (len(batch),), generator=rng("step")).to(batch.device)
    noise = torch.randn(batch.shape, generator=rng("noise")).to(batch.device)
    return Training(learning, lambda network: functional.mse_loss(network(batch, step).float(), noise))


def untrained_vq(profile: str, image: Tensor) -> Latents:
    """A vq first stage that has learned nothing, measured on these images."""
    plan = PROFILES[profile]
    latents = Latents(Vq(image.shape[1], plan.autoencoder), frame_of(profile, image.shape[-1]))
    return latents.to(image.device).eval().requires_grad_(False).fit(image)
