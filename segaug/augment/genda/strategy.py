"""GenDA: deform each image by fields that a generator has learned from registrations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact
from segaug.augment.baseline import Baseline
from segaug.augment.draws import uniform
from segaug.augment.genda.generator import LEAST_IMAGES, generator_artefacts, generator_of
from segaug.augment.genda.networks import LATENT, Generator
from segaug.augment.genda.options import FILE, Gan
from segaug.augment.strategy import PrepareContext, Sees, Strategy
from segaug.batch import Batch
from segaug.errors import ConfigError
from segaug.grey import grey
from segaug.image_hash import image_hash
from segaug.registration.lddmm import Lddmm

TRAIN_ON = ("external", "subset_and_external")


@dataclass(frozen=True)
class Code:
    """What is drawn for each image."""

    z: Tensor  # (B, LATENT)
    scale: Tensor  # (B,) that the generated field is multiplied by


@dataclass(frozen=True, kw_only=True)
class GenDA(Strategy):
    """Generate a field from the image and a random code, scale it by s ~ U(min_scale, max_scale), run the baseline.

    The generator is the G of a conditional GAN over displacement fields of registered pairs (`gan`, `lddmm`).  It is
    trained on the external images alone, once per task, so that a study shares it and no seed learns from another
    seed's images; or, as published, on each training subset together with the external images.

    Source: the published method, whose networks, weights and ranges are not public.  What we add so that it does not
    collapse: docs/decisions/0009-genda.md.
    """

    sees: ClassVar[tuple[Sees, ...]] = ("labelled subset", "external images")

    train_on: str = "external"  # external | subset_and_external
    external: int = 50  # of the external images, evenly spaced among them; all where there are fewer
    min_scale: float = 0.0  # 0 leaves an image as it is, 1 deforms as far as a registration does
    max_scale: float = 1.0
    gan: Gan = field(default_factory=Gan)
    lddmm: Lddmm = field(default_factory=Lddmm)
    baseline: Baseline = field(default_factory=Baseline)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.train_on not in TRAIN_ON:
            _refuse("train_on", f"got {self.train_on}", f"use one of {', '.join(TRAIN_ON)}")
        if self.external < 0:
            _refuse("external", f"got {self.external}", "use 0 or more images; 50 is the default")
        if not 0 <= self.min_scale <= self.max_scale:
            problem = f"got {self.min_scale} with max_scale {self.max_scale}"
            _refuse("min_scale", problem, "use 0 <= min_scale <= max_scale")

    def stages(self) -> tuple[Strategy, ...]:
        """The generated field acts on the stored image, where the anatomy is; the baseline on the result."""
        return (self, self.baseline)

    def artefacts(self, context: PrepareContext) -> Sequence[Artefact]:
        """The registrations, then the generator."""
        momenta, generator = self._artefacts(context)
        return [*momenta, generator]

    def prepare(self, context: PrepareContext) -> Generator:
        """The generator, on the device of the images."""
        _, generator = self._artefacts(context)
        return generator_of(context.obtain(generator)).to(context.subset.image.device)

    def sample(self, batch: Batch, prepared: Generator, rng: torch.Generator) -> Code:
        """Draw codes and scales."""
        z = torch.randn(len(batch), LATENT, generator=rng)
        return Code(z, uniform(self.min_scale, self.max_scale, (len(batch),), rng))

    @torch.no_grad()
    def displacement_px(self, batch: Batch, params: Code, prepared: Generator) -> Tensor:
        """Generate the fields at the size of the images."""
        size = (batch.image.shape[2], batch.image.shape[3])
        return params.scale.view(-1, 1, 1, 1) * prepared(grey(batch.image), params.z, size)

    def _artefacts(self, context: PrepareContext) -> tuple[list[Artefact], Artefact]:
        return generator_artefacts(self._images(context), self.gan, self.lddmm, context.obtain)

    def _images(self, context: PrepareContext) -> Tensor:
        """What the generator is trained on, grey: (N, 1, H, W)."""
        images = context.subset.image[:0] if context.allowed.external is None else context.allowed.external
        used = min(self.external, len(images))
        images = images[torch.arange(used) * len(images) // max(used, 1)]
        if self.train_on == "subset_and_external":
            images = torch.cat([context.subset.image, images])
        images = grey(images)
        least = max(LEAST_IMAGES, self.gan.fields_per_image + 1)
        if (found := len({image_hash(image) for image in images})) < least:
            problem = f"with {self.train_on} there are {found} different images, and the generator wants {least}"
            fix = "raise augment.external or dataset.split.external_share, or use augment.train_on=subset_and_external"
            _refuse("train_on", problem, fix)
        return images


def _refuse(option: str, problem: str, fix: str) -> NoReturn:
    raise ConfigError(key=f"augment.{option}", file=FILE, problem=problem, fix=fix)
