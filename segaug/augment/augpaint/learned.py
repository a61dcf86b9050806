"""What is learned from a task's images, as artefacts: the first stage and the denoiser.

Both depend on the images of the pool alone, labelled and unlabelled together, whatever N and the seed are.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact, Content, Json, Keep, Tell
from segaug.augment.augpaint.frame import Frame
from segaug.augment.augpaint.options import AutoencoderCourse, DenoiserCourse
from segaug.rng import stream

if TYPE_CHECKING:
    from segaug.augment.augpaint.autoencoder import Latents
    from segaug.augment.augpaint.painter import Painter

STAGES = ("patches", "vq")
_VERSION = 1  # raise it when the same images and options give other networks


@dataclass(frozen=True)
class Learned:
    """What is learned from one set of images, and how."""

    image: Callable[[], Tensor]  # (N, C, H, W) in the order of `names`; asked for only where something must be trained
    names: list[str]  # of these images, sorted
    channels: int
    frame: Frame
    first_stage: str  # patches | vq
    prediction: str
    conditional: bool
    autoencoder: AutoencoderCourse
    denoiser: DenoiserCourse
    obtain: Callable[[Artefact], Content]

    @cached_property
    def artefacts(self) -> list[Artefact]:
        """In the order in which they are made; patches have no first stage to train."""
        return [each for each in (self.autoencoder_artefact, self.denoiser_artefact) if each is not None]

    @cached_property
    def autoencoder_artefact(self) -> Artefact | None:
        """The first stage, with the measures of its latents."""
        if self.first_stage == "patches":
            return None

        def make(previous: Content | None, tell: Tell, keep: Keep) -> Content:
            from segaug.augment.augpaint.autoencoder import AutoencoderLearning  # brings MONAI and Lightning

            image = self.image()
            learning = AutoencoderLearning(image, self.autoencoder, self.frame, rng, tell, keep)
            learning.go_on(previous)
            learning.run(image.device)
            return learning.content()

        artefact = Artefact("augpaint_autoencoder", self._key(autoencoder=asdict(self.autoencoder)), make)
        rng = partial(stream, 0, artefact.name)
        return artefact

    @cached_property
    def denoiser_artefact(self) -> Artefact:
        """The denoiser, with the measures of the latents that it knows."""

        def make(previous: Content | None, tell: Tell, keep: Keep) -> Content:
            from segaug.augment.augpaint.denoiser import DenoiserLearning

            image = self.image()
            learning = DenoiserLearning(
                image, self._latents(image), self.denoiser, self.prediction, self.conditional, rng, tell, keep
            )
            learning.go_on(previous)
            learning.run(image.device, self.denoiser.precision)
            return learning.content()

        first = self.autoencoder_artefact
        key = self._key(
            first_stage=f"patches of {self.autoencoder.factor}" if first is None else first.name,
            prediction=self.prediction,
            conditional=self.conditional,
            denoiser=asdict(self.denoiser),
        )
        needs = () if first is None else (first.name,)
        artefact = Artefact("augpaint_denoiser", key, make, needs=needs)
        rng = partial(stream, 0, artefact.name)
        return artefact

    def painter(self, device: torch.device) -> "Painter":
        """The trained networks."""
        from segaug.augment.augpaint.denoiser import denoiser_of
        from segaug.augment.augpaint.painter import Painter

        latents = self._latents(None).to(device)
        content = self.obtain(self.denoiser_artefact)
        return Painter(latents, denoiser_of(content, latents, self.denoiser, self.conditional).to(device))

    def _latents(self, image: Tensor | None) -> "Latents":
        """The first stage; that of patches is measured on the images, or without them not yet."""
        from segaug.augment.augpaint.autoencoder import Latents, Patches, latents_of

        if self.autoencoder_artefact is not None:
            content = self.obtain(self.autoencoder_artefact)
            latents = latents_of(content, self.channels, self.autoencoder, self.frame)
            return latents if image is None else latents.to(image.device)
        latents = Latents(Patches(self.channels, self.autoencoder.factor), self.frame)
        return latents if image is None else latents.to(image.device).fit(image)

    def _key(self, **options: Json) -> dict[str, Json]:
        return {"version": _VERSION, "images": self.names, "frame": asdict(self.frame), **options}
