"""The networks of a task, ready to paint."""

from dataclasses import dataclass

import torch
from torch import Tensor

from segaug.augment.augpaint.autoencoder import Latents
from segaug.augment.augpaint.boxes import kept_cells
from segaug.augment.augpaint.denoiser import ConditionedUNet, blackened
from segaug.augment.augpaint.sampler import Draw, Sampling, painted


@dataclass(frozen=True)
class Painter:
    """The networks of a task."""

    latents: Latents
    denoiser: ConditionedUNet

    @torch.no_grad()
    def paint(self, source: Tensor, kept_px: Tensor, sampling: Sampling, draw: Draw, *, clip: bool) -> Tensor:
        """Images (B, C, H, W) that keep these pixels of the sources, which are kept in whole cells.

        draw: as `painted` wants it.  clip: clamp clean latents to the range of the training images.  A conditional
        denoiser is shown what is kept, instead of having it put back at each step.
        """
        known = self.latents.encode(source)
        kept = kept_cells(self.latents.frame.padded_mask(kept_px), self.latents.stage.factor)
        bounds = self.latents.bounds if clip else None
        if not self.denoiser.conditional:
            latent = painted(self.denoiser.predict, known, kept, sampling, draw, bounds)
            return self.latents.decode(latent)
        condition = self.latents.encode(blackened(source, kept_px))

        def predict(noisy: Tensor, step: int) -> Tensor:
            return self.denoiser.predict(noisy, step, condition)

        latent = painted(predict, known, torch.zeros_like(kept), sampling, draw, bounds)
        return self.latents.decode(torch.where(kept, known, latent) if sampling.paste_latent else latent)

    def latent_shape(self, rows: int) -> tuple[int, ...]:
        """Of the latents of so many images."""
        frame, stage = self.latents.frame, self.latents.stage
        sides = [-(-side // frame.multiple) * frame.multiple // stage.factor for side in frame.size]
        return rows, stage.latent_channels, *sides
