"""Painted images of one labelled image, shared by all subsets that have it."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact, Content, Keep, Tell, image_hash
from segaug.augment.augpaint.sampler import Sampling
from segaug.rng import stream

if TYPE_CHECKING:
    from segaug.augment.augpaint.painter import Painter

_VERSION = 1  # raise it when the same source and denoiser give other samples
ROWS = 5  # made at once: always as many, so that the bits of a row do not depend on how many are wanted


@dataclass(frozen=True)
class Painting:
    """How samples are made, beside the networks."""

    sampling: Sampling
    clip: bool
    paste_pixels: bool  # exact inside of the box, with a seam
    flip: bool  # flip the source along each axis with probability 1/2 before it is encoded


def samples_artefact(
    source: Tensor,
    kept_px: Tensor,
    count: int,
    painting: Painting,
    painter: Callable[[], "Painter"],
    denoiser: str,
    name: str,
) -> Artefact:
    """At least `count` samples of one source (C, H, W), of which these pixels (1, H, W) are kept.

    It grows: what is stored are whole batches of ROWS, and row j is drawn from streams named by the artefact and j, so
    more samples begin with the fewer.  painter: gives the networks of the denoiser of this name; asked only where
    samples are to be made.  name: `image_hash` of the source.

    Content: image (n, C, H, W) uint8, flipped (n, 2) bool, reconstruction (C, H, W) uint8.
    """

    def make(previous: Content | None, tell: Tell, keep: Keep) -> Content:
        start_s, networks = time.process_time(), painter()
        images = list(previous.tensors["image"].split(ROWS)) if previous else []
        flips = list(previous.tensors["flipped"].split(ROWS)) if previous else []
        while len(images) * ROWS < count:
            start = len(images) * ROWS
            tell(start, count, "painting samples")
            flipped = _flips(rng, start) if painting.flip else torch.zeros(ROWS, 2, dtype=torch.bool)
            images.append(to_bytes(_painted(source, kept_px, flipped, start, painting, networks, rng, tell)))
            flips.append(flipped)
        reconstruction = to_bytes(networks.latents.decode(networks.latents.encode(source[None])))[0]
        tensors = {"image": torch.cat(images), "flipped": torch.cat(flips), "reconstruction": reconstruction}
        spent = time.process_time() - start_s + (previous.facts["cpu_seconds"] if previous else 0.0)
        return Content(tensors, {"count": len(images) * ROWS, "cpu_seconds": spent})

    def complete(content: Content) -> bool:
        return bool(content.facts["count"] >= count)

    key = {
        "version": _VERSION,
        "denoiser": denoiser,
        "source": name,
        "kept": image_hash(kept_px.float()),
        "painting": asdict(painting),
    }
    artefact = Artefact(kind="augpaint_samples", key=key, make=make, complete=complete, needs=(denoiser,))
    rng = partial(stream, 0, artefact.name)
    return artefact


def _flips(rng: Callable[..., torch.Generator], start: int) -> Tensor:
    """Along which axes each row is flipped, (ROWS, 2)."""
    return torch.stack([torch.rand(2, generator=rng("flip", row)) < 0.5 for row in range(start, start + ROWS)])


def _painted(
    source: Tensor,
    kept_px: Tensor,
    flipped: Tensor,
    start: int,
    painting: Painting,
    painter: "Painter",
    rng: Callable[..., torch.Generator],
    tell: Tell,
) -> Tensor:
    streams = [rng("noise", row) for row in range(start, start + ROWS)]
    shape = painter.latent_shape(1)[1:]

    def draw() -> Tensor:
        tell(start, 0, "painting samples")  # a place to stop at
        return torch.stack([torch.randn(shape, generator=each) for each in streams]).to(source.device)

    sources, kept = flip(source.expand(ROWS, -1, -1, -1), flipped), flip(kept_px.expand(ROWS, -1, -1, -1), flipped)
    image = painter.paint(sources, kept, painting.sampling, draw, clip=painting.clip)
    return torch.where(kept, sources, image) if painting.paste_pixels else image


def flip(rows: Tensor, flipped: Tensor) -> Tensor:
    """Each row of (B, C, H, W) flipped along the axes that (B, 2) says; its own inverse."""
    for axis in range(flipped.shape[1]):
        which = flipped[:, axis].to(rows.device).view(-1, *[1] * (rows.ndim - 1))
        rows = torch.where(which, rows.flip(axis + 2), rows)
    return rows


def to_bytes(image: Tensor) -> Tensor:
    """Grey values 0..1 as 0..255, on the CPU."""
    return (image * 255).round().clamp(0, 255).to("cpu", torch.uint8)


def from_bytes(image: Tensor) -> Tensor:
    """Back, as any reader of an 8-bit file does it."""
    return image.float() / 255
