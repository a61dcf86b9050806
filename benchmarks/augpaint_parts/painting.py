"""Painting beside the forward passes that it is made of."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn

from augpaint_parts.trainings import frame_of, images
from segaug.augment.artefact import quiet, unkept
from segaug.augment.augpaint.autoencoder import Latents, Patches
from segaug.augment.augpaint.denoiser import ConditionedUNet
from segaug.augment.augpaint.options import PROFILES
from segaug.augment.augpaint.painter import Painter
from segaug.augment.augpaint.sampler import Sampling
from segaug.augment.augpaint.samples import ROWS, Painting, samples_artefact
from segaug.rng import stream

PROFILE = "small"


class Still(nn.Module):
    """In the place of a denoiser: predicts nothing, at no cost."""

    conditional = False

    def predict(self, noisy: Tensor, step: int, condition: Tensor | None = None) -> Tensor:
        return torch.zeros_like(noisy)


class Easel:
    """A painter of the CPU profile that has learned nothing, and images to paint on: a box in the middle is kept."""

    def __init__(self, side: int, rows: int) -> None:
        plan = PROFILES[PROFILE]
        self.prediction = plan.prediction
        self.source = images(side, rows)
        self.kept_px = torch.zeros(rows, 1, side, side, dtype=torch.bool)
        self.kept_px[..., side // 4 : side // 2, side // 4 : side // 2] = True
        latents = Latents(Patches(1, plan.autoencoder.factor), frame_of(PROFILE, side)).fit(self.source)
        network = ConditionedUNet(latents.stage.latent_channels, plan.denoiser, conditional=False)
        self.painter = Painter(latents, network.eval().requires_grad_(False))

    def sampling(self, steps: int, resample: int) -> Sampling:
        return Sampling(self.prediction, steps, resample=resample)

    def paint(self, rows: slice, sampling: Sampling, denoiser: nn.Module | None = None) -> None:
        """These rows in one batch; None: by the painter's own denoiser."""
        source, kept = self.source[rows], self.kept_px[rows]
        painter = replace(self.painter, denoiser=denoiser or self.painter.denoiser)
        draw = partial(torch.randn, painter.latent_shape(len(source)), generator=stream(0, "draw"))
        painter.paint(source, kept, sampling, draw, clip=True)

    def pass_bare(self, passes: int) -> None:
        """So many forward passes of all rows."""
        noisy = torch.randn(self.painter.latent_shape(len(self.source)), generator=stream(0, "noisy"))
        step = torch.full((len(noisy),), 500)
        with torch.no_grad():
            for _ in range(passes):
                self.painter.denoiser(noisy, step)

    def as_artefact(self, row: int, sampling: Sampling) -> None:
        """`ROWS` samples of one source, as they are made, in 8 bit at the end."""
        painting = Painting(sampling, clip=True, paste_pixels=False, flip=False)
        artefact = samples_artefact(
            self.source[row], self.kept_px[row], ROWS, painting, lambda: self.painter, "untrained", f"source {row}"
        )
        artefact.make(None, quiet, unkept)


def beside_passes(side: int, rows: int, steps: int, resample: int) -> dict[str, Callable[[], None]]:
    """Painting `rows` images in one batch; all of it but the passes; the passes alone, twice."""
    easel = Easel(side, rows)
    bare, sampling = partial(easel.pass_bare, steps * resample), easel.sampling(steps, resample)
    return {
        "paint": lambda: easel.paint(slice(None), sampling),
        "no passes": lambda: easel.paint(slice(None), sampling, Still()),
        "bare": bare,
        "bare again": bare,
    }


def by_batch(side: int, rows: int, steps: int) -> dict[str, Callable[[], None]]:
    """`rows` images in one batch, in those in which samples are made, and one after the other."""
    easel = Easel(side, rows)
    sampling = easel.sampling(steps, 1)

    def in_fives() -> None:
        for source in range(-(-rows // ROWS)):
            easel.as_artefact(source, sampling)

    def singly() -> None:
        for row in range(rows):
            easel.paint(slice(row, row + 1), sampling)

    return {"one batch": lambda: easel.paint(slice(None), sampling), "fives": in_fives, "one by one": singly}
