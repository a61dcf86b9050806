"""The denoising U-Net: learns what images of the task look like, from labelled and unlabelled ones alike."""

import math
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import cast

import torch
from monai.networks.nets import DiffusionModelUNet
from torch import Tensor, nn

from segaug.augment.artefact import Content, Keep, Tell
from segaug.augment.augpaint.autoencoder import Latents
from segaug.augment.augpaint.learning import Learning, Rates, built
from segaug.augment.augpaint.noise import STEPS, gaussian_loss, noised, signal_shares, target
from segaug.augment.augpaint.options import NORM_GROUPS, DenoiserCourse
from segaug.rng import stream

_PAIRS = 256  # pairs of an image and a step that health is measured on
_NETWORK, _LATENTS = "network.", "latents."
_MOST_RECTANGLES, _LEAST_AREA, _MOST_AREA = 4, 0.05, 0.5  # of the masks that a conditional denoiser learns with


class ConditionedUNet(nn.Module):
    """MONAI's U-Net; conditional: it sees [z_t, z_mask], the latents of the image with everything else blackened."""

    def __init__(self, latent_channels: int, options: DenoiserCourse, conditional: bool) -> None:
        super().__init__()
        self.conditional, self.precision = conditional, options.precision
        self.unet = DiffusionModelUNet(
            spatial_dims=2,
            in_channels=latent_channels * (1 + conditional),
            out_channels=latent_channels,
            num_res_blocks=options.blocks,
            channels=options.channels,
            attention_levels=[2**level in options.attention for level in range(len(options.channels))],
            norm_num_groups=NORM_GROUPS,
            num_head_channels=NORM_GROUPS,
        )

    def forward(self, noisy: Tensor, step: Tensor, condition: Tensor | None = None) -> Tensor:
        """What is predicted, (B, c, h, w); step: (B,) long."""
        shown = noisy if condition is None else torch.cat([noisy, condition], 1)
        return cast(Tensor, self.unet(shown, step))

    def predict(self, noisy: Tensor, step: int, condition: Tensor | None = None) -> Tensor:
        """The same for one step of all rows, in the precision of its training."""
        low = self.precision == "bfloat16"
        with torch.autocast(noisy.device.type, torch.bfloat16) if low else nullcontext():
            return self(noisy, torch.full((len(noisy),), step, device=noisy.device), condition).float()


def denoiser_of(content: Content, latents: Latents, options: DenoiserCourse, conditional: bool) -> ConditionedUNet:
    """The denoiser that an artefact holds; puts what was measured of the latents into `latents`."""
    network = _built(latents.stage.latent_channels, options, conditional, stream(0, "any"))
    held = {name.removeprefix(_NETWORK): value for name, value in content.tensors.items() if name.startswith(_NETWORK)}
    network.load_state_dict(held)
    for name in ("mean", "std", "low", "high"):
        getattr(latents, name).copy_(content.tensors[_LATENTS + name])
    return network.eval().requires_grad_(False)


def _built(channels: int, options: DenoiserCourse, conditional: bool, rng: torch.Generator) -> ConditionedUNet:
    return cast(ConditionedUNet, built(partial(ConditionedUNet, channels, options, conditional), rng))


class DenoiserLearning(Learning):
    """||target - prediction(sqrt(abar_t) z_0 + sqrt(1 - abar_t) eps, t)||^2, t uniform (the paper's eq. 1, squared)."""

    def __init__(
        self,
        image: Tensor,
        latents: Latents,
        options: DenoiserCourse,
        prediction: str,
        conditional: bool,
        rng: Callable[..., torch.Generator],
        tell: Tell,
        keep: Keep,
    ) -> None:
        network = _built(latents.stage.latent_channels, options, conditional, rng("weights"))
        rates = Rates.of(options, len(image))
        super().__init__(network, rates, "training the denoiser", tell, keep, options.averaging)
        self.image, self.latents, self.options, self.rng = image, latents, options, rng
        self.prediction, self.conditional = prediction, conditional
        self.latent = latents.encode(image)
        self.shares = signal_shares().to(self.latent)

    def loss(self, update: int) -> Tensor:
        """Of one batch."""
        rng = self.rng("update", update)
        rows = torch.randint(len(self.latent), (self.options.batch_size,), generator=rng)
        return self._error(self.network, rows, rng).mean()

    def _error(self, network: nn.Module, rows: Tensor, rng: torch.Generator) -> Tensor:
        """Mean squared error of each row."""
        step = torch.randint(STEPS, (len(rows),), generator=rng)
        noise = torch.randn(len(rows), *self.latent.shape[1:], generator=rng).to(self.latent)
        condition = self._condition(rows, rng) if self.conditional else None
        step, rows = step.to(self.latent.device), rows.to(self.latent.device)
        latent, share = self.latent[rows], self.shares[step].view(-1, *[1] * (self.latent.ndim - 1))
        predicted = network(noised(latent, noise, share), step, condition)
        wanted = target(self.prediction, latent, noise, share)
        return (predicted.float() - wanted).square().flatten(1).mean(1)

    def _condition(self, rows: Tensor, rng: torch.Generator) -> Tensor:
        """Latents of the images with all but random rectangles blackened."""
        image = self.image[rows.to(self.image.device)]
        return self.latents.encode(blackened(image, random_mask(len(rows), image.shape[2:], rng).to(image.device)))

    def content(self) -> Content:
        """What is stored: averaged weights, the measures of the latents, and whether it is any good."""
        kept = self.kept
        with torch.no_grad():
            rng = self.rng("health")
            rows = torch.randint(len(self.latent), (_PAIRS,), generator=rng)
            error = torch.cat([self._error(kept, part, rng) for part in rows.split(16)]).mean().item()
        least = gaussian_loss(self.prediction, self.latent.var(0))
        tensors = {_NETWORK + name: value.detach().cpu() for name, value in kept.state_dict().items()}
        measured = {_LATENTS + name: getattr(self.latents, name).cpu() for name in ("mean", "std", "low", "high")}
        health = {"loss": error if math.isfinite(error) else None, "gaussian_loss": least}
        failed = _failed(error, least, self.diverged)
        return Content({**tensors, **measured}, {**self.facts(), "health": health, "failed": failed})


def random_mask(rows: int, size: torch.Size, rng: torch.Generator) -> Tensor:
    """Unions of 1 to 4 rectangles, (B, 1, *size) bool, True inside; together about 5 to 50 % of the image.

    The paper says "random": count, area and aspect are our choice.
    """
    count = torch.randint(1, _MOST_RECTANGLES + 1, (rows, 1), generator=rng)
    area = _LEAST_AREA + (_MOST_AREA - _LEAST_AREA) * torch.rand(rows, 1, generator=rng)
    aspect = torch.exp2(2 * torch.rand(rows, _MOST_RECTANGLES, generator=rng) - 1)
    each = (area / count).sqrt()
    length = torch.stack([each * aspect.sqrt(), each / aspect.sqrt()], -1).clamp(max=1)  # (B, 4, 2), of the sides
    start = (1 - length) * torch.rand(rows, _MOST_RECTANGLES, 2, generator=rng)
    inside = torch.arange(_MOST_RECTANGLES) < count
    masks = []
    for axis, side in enumerate(size):
        place = (torch.arange(side) + 0.5) / side
        masks.append((place >= start[..., axis, None]) & (place < (start + length)[..., axis, None]))
    both = masks[0][..., :, None] & masks[1][..., None, :] & inside[..., None, None]
    return both.any(1, keepdim=True)


def blackened(image: Tensor, kept_px: Tensor) -> Tensor:
    """Images whose pixels outside of what is kept have their least intensity."""
    return torch.where(kept_px, image, image.flatten(1).amin(1).view(-1, *[1] * (image.ndim - 1)))


def _failed(error: float, least: float, diverged: bool) -> str | None:
    if diverged or not math.isfinite(error):
        return "the denoiser's training diverged; lower augment.denoiser.learning_rate"
    if error >= least:
        return (
            f"the denoiser is no better than one that knows mean and variance of each latent alone (loss {error:.3f}, "
            f"{least:.3f}); raise augment.denoiser.updates"
        )
    return None
