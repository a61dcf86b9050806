"""The first stage: images to normalised latents and back."""

from collections.abc import Callable
from functools import partial
from typing import cast

import torch
from monai.networks.nets import VQVAE
from torch import Tensor, nn
from torch.nn import functional

from segaug.augment.artefact import Content, Keep, Tell
from segaug.augment.augpaint.frame import Frame
from segaug.augment.augpaint.learning import AT_ONCE, Learning, Rates, built
from segaug.augment.augpaint.options import AutoencoderCourse
from segaug.augment.augpaint.sampler import Range
from segaug.rng import stream

_MEASURED = 256  # images that health is measured on


class Patches(nn.Module):
    """Space to depth: factor x factor pixels become the channels of a cell; nothing to learn, and nothing lost."""

    def __init__(self, channels: int, factor: int) -> None:
        super().__init__()
        self.factor, self.latent_channels = factor, channels * factor**2

    def encode(self, image: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C factor^2, H / factor, W / factor)."""
        return functional.pixel_unshuffle(image, self.factor)

    def decode(self, latent: Tensor) -> Tensor:
        """The inverse."""
        return functional.pixel_shuffle(latent, self.factor)


class Vq(nn.Module):
    """MONAI's VQVAE.  Encoding skips the quantiser, decoding applies it, as in latent-diffusion."""

    def __init__(self, channels: int, options: AutoencoderCourse) -> None:
        super().__init__()
        self.factor, self.latent_channels = options.factor, options.latent_channels
        levels = len(options.channels)
        self.vqvae = VQVAE(
            spatial_dims=2,
            in_channels=channels,
            out_channels=channels,
            channels=options.channels,
            num_res_layers=options.blocks,
            num_res_channels=options.channels,
            downsample_parameters=((2, 4, 1, 1),) * levels,
            upsample_parameters=((2, 4, 1, 1, 0),) * levels,
            num_embeddings=options.codes,
            embedding_dim=options.latent_channels,
            decay=0.99,
            ddp_sync=False,
        )

    @property
    def codebook(self) -> nn.Module:
        """Of MONAI: embedding.weight (codes, c), ema_w, ema_cluster_size, and how latents are assigned."""
        return cast(nn.Module, self.vqvae.quantizer.quantizer)

    def encode(self, image: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, c, H / factor, W / factor), not quantised."""
        return self.vqvae.encode(image)

    def decode(self, latent: Tensor) -> Tensor:
        """Quantise, then decode; in inference mode, for in training any call would move the codebook."""
        return self.vqvae.decode_stage_2_outputs(latent)


class Latents(nn.Module):
    """A first stage, the frame of its images, and what each channel of its latents is like in the training images.

    Latents are normalised by that mean and standard deviation: the schedule of the noise takes them for standard
    normal.
    """

    mean: Tensor  # (1, c, 1, 1), as the others
    std: Tensor
    low: Tensor  # of normalised latents
    high: Tensor

    def __init__(self, stage: Patches | Vq, frame: Frame) -> None:
        super().__init__()
        self.stage, self.frame = stage, frame
        for name, value in (("mean", 0.0), ("std", 1.0), ("low", 0.0), ("high", 0.0)):
            self.register_buffer(name, torch.full((1, stage.latent_channels, 1, 1), value))

    @property
    def bounds(self) -> Range:
        """What clean latents are clamped to."""
        return Range(self.low, self.high)

    @torch.no_grad()
    def encode(self, image: Tensor) -> Tensor:
        """Normalised latents (B, c, h, w) of images (B, C, H, W) in 0..1, unpadded."""
        framed = self.frame.padded(image)
        return torch.cat([(self.stage.encode(rows) - self.mean) / self.std for rows in framed.split(AT_ONCE)])

    @torch.no_grad()
    def decode(self, latent: Tensor) -> Tensor:
        """Images (B, C, H, W) in 0..1 of normalised latents."""
        image = torch.cat([self.stage.decode(self.mean + self.std * rows) for rows in latent.split(AT_ONCE)])
        return self.frame.cropped(image).clamp(0, 1)

    def fit(self, image: Tensor) -> "Latents":
        """Measure mean, spread and range on the training images (N, C, H, W)."""
        latent = self.encode(image)  # while mean and std are 0 and 1
        axes = (0, *range(2, latent.ndim))
        self.mean.copy_(latent.mean(axes, keepdim=True))
        self.std.copy_(latent.std(axes, keepdim=True).clamp_min(1e-6))
        normal = (latent - self.mean) / self.std
        self.low.copy_(normal.amin(axes, keepdim=True))
        self.high.copy_(normal.amax(axes, keepdim=True))
        return self


def latents_of(content: Content, channels: int, options: AutoencoderCourse, frame: Frame) -> Latents:
    """The trained first stage that an artefact holds."""
    latents = Latents(_built_vq(channels, options, stream(0, "any")), frame)
    latents.load_state_dict(content.tensors)
    return latents.eval().requires_grad_(False)


def _built_vq(channels: int, options: AutoencoderCourse, rng: torch.Generator) -> Vq:
    return cast(Vq, built(partial(Vq, channels, options), rng))


class AutoencoderLearning(Learning):
    """L1 on grey values and on first differences, and what pulls latents to their codes.

    The published loss has a perceptual and an adversarial part; weights of the first would have to be fetched.
    The codebook is filled with latents after `without_codes` updates that do without it, and a code that no latent
    chose for `refill_every` updates is set to one: from MONAI's start 4 of 512 codes stayed in use.
    """

    def __init__(
        self,
        image: Tensor,
        options: AutoencoderCourse,
        frame: Frame,
        rng: Callable[..., torch.Generator],
        tell: Tell,
        keep: Keep,
    ) -> None:
        network = _built_vq(image.shape[1], options, rng("weights"))
        super().__init__(network, Rates.of(options, len(image)), "training the autoencoder", tell, keep)
        self.image, self.framed, self.options, self.frame, self.rng = image, frame.padded(image), options, frame, rng
        self.chosen = torch.zeros(options.codes, dtype=torch.bool, device=image.device)  # since the last refill

    @property
    def vq(self) -> Vq:
        """The network."""
        return cast(Vq, self.network)

    def loss(self, update: int) -> Tensor:
        """Of one batch."""
        rows = torch.randint(len(self.framed), (self.options.batch_size,), generator=self.rng("rows", update))
        image = self.framed[rows.to(self.framed.device)]
        latent = self.vq.encode(image)
        if update < self.options.without_codes:
            return self._errors(self.vq.vqvae.decode(latent), image)
        self._care(latent.detach(), update)
        # MONAI's loss has the commitment alone: the codes follow their latents by a running mean
        quantised, commitment, code = self.vq.codebook(latent)
        self.chosen[code.flatten()] = True
        return self._errors(self.vq.vqvae.decode(quantised), image) + commitment

    def _errors(self, made: Tensor, image: Tensor) -> Tensor:
        loss = (made - image).abs().mean()
        for axis in range(2, image.ndim):
            loss = loss + self.options.edges * (made.diff(dim=axis) - image.diff(dim=axis)).abs().mean()
        return loss

    @torch.no_grad()
    def _care(self, latent: Tensor, update: int) -> None:
        """Fill the codebook when it is first used, and refill what nobody chose."""
        since = update - self.options.without_codes
        flat = latent.movedim(1, -1).flatten(0, -2)
        if since and since % self.options.refill_every == 0:
            self._set(~self.chosen, flat, update)
            self.chosen.zero_()
        elif not since:
            self._set(torch.ones_like(self.chosen), flat, update)

    def _set(self, which: Tensor, latent: Tensor, update: int) -> None:
        """Set codes to latents of this batch, drawn with replacement."""
        book = self.vq.codebook
        count = int(which.sum())
        drawn = torch.randint(len(latent), (count,), generator=self.rng("codes", update)).to(latent.device)
        book.embedding.weight[which] = latent[drawn]  # type: ignore[union-attr, operator]
        book.ema_w[which] = latent[drawn]  # type: ignore[operator]
        book.ema_cluster_size[which] = 1.0  # type: ignore[operator]

    def more_tensors(self) -> dict[str, Tensor]:
        """Which codes were chosen since the last refill."""
        return {"chosen": self.chosen}

    def take(self, facts: object, tensors: dict[str, Tensor]) -> None:
        """Take it up."""
        self.chosen = tensors["chosen"].to(self.framed.device)

    def content(self) -> Content:
        """What is stored: the first stage with its measures, and whether it is any good."""
        latents = Latents(cast(Vq, self.kept), self.frame).to(self.image.device).fit(self.image)
        health = _health(latents, self.image[:_MEASURED])
        tensors = {name: value.detach().cpu() for name, value in latents.state_dict().items()}
        failed = _failed(health, self.diverged)
        return Content(tensors, {**self.facts(), "health": health, "failed": failed, "loss": "l1, edges, codebook"})


def _health(latents: Latents, image: Tensor) -> dict[str, float | None]:
    """Error on images (mean absolute), that of shrinking and enlarging them instead, and the share of codes in use."""
    error = (latents.decode(latents.encode(image)) - image).abs().mean().item()
    framed = latents.frame.padded(image)
    small = [side // latents.stage.factor for side in framed.shape[2:]]
    shrunk = functional.interpolate(framed, size=small, mode="bicubic", antialias=True)
    back = functional.interpolate(shrunk, size=framed.shape[2:], mode="bicubic")
    bicubic = (latents.frame.cropped(back).clamp(0, 1) - image).abs().mean().item()
    vq = cast(Vq, latents.stage)
    with torch.no_grad():
        flat = [vq.codebook.quantize(vq.encode(rows))[2].flatten() for rows in framed.split(AT_ONCE)]  # type: ignore[operator]
    used = torch.cat(flat).unique().numel() / vq.codebook.num_embeddings
    return {"error": _or_null(error), "bicubic_error": bicubic, "codes_used": used}


def _failed(health: dict[str, float | None], diverged: bool) -> str | None:
    error, bicubic = health["error"], health["bicubic_error"]
    if diverged or error is None:
        return "the autoencoder's training diverged; lower augment.autoencoder.learning_rate"
    assert bicubic is not None
    if error >= bicubic:
        return (
            f"the autoencoder is no better than shrinking images and enlarging them again (error {error:.4f}, "
            f"{bicubic:.4f}); raise augment.autoencoder.updates, or use augment.first_stage=patches"
        )
    return None


def _or_null(value: float) -> float | None:
    return value if value == value and abs(value) != float("inf") else None
