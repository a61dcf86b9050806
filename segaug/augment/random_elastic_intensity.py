"""RD + RI: a random smooth deformation and a random change of contrast and brightness, the control of learned ones."""

from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor

from segaug.augment.baseline import Baseline
from segaug.augment.draws import uniform
from segaug.augment.kinds import REFERENCE_SIDE_PX, ByKind, Kinds
from segaug.augment.strategy import Prepared, Strategy
from segaug.batch import Batch
from segaug.deform.coarse import stretched
from segaug.errors import ConfigError

_CONTROL_POINTS = 3  # along each axis


@dataclass(frozen=True)
class Drawn:
    """One row per image, drawn whether it is used or not."""

    kinds: Kinds
    control_px: Tensor  # (B, 2, 3, 3) displacement of the control points
    contrast: Tensor  # (B,)
    brightness: Tensor  # (B,)


@dataclass(frozen=True, kw_only=True)
class RandomElasticIntensity(ByKind):
    """Move 3 x 3 points by N(0, sigma_px^2), interpolated cubically; stretch the contrast, shift the brightness.

    RD alone is share_v=0.5 with the other shares at 0, RI alone share_i=0.5.  Contrast: x <- (x - mean) c + mean with
    the mean of the image, c ~ U(min_contrast, max_contrast); then x <- x + b, b ~ U(-brightness, brightness), not
    clipped.  Source: Chaitanya et al. (2021), section 4.3; the released code draws one c for half of a batch and one b
    for the rest, where here each image has its own of both.
    """

    file: ClassVar[str] = "conf/augment/random_elastic_intensity.yaml"
    intensity: ClassVar[tuple[float, float]] = (-2.0, 3.0)  # for the widest ranges that are allowed

    sigma_px: float = 10.0  # at a longer side of 224 px, and in proportion to it
    min_contrast: float = 0.8
    max_contrast: float = 1.2
    brightness: float = 0.1
    labels: str = "nearest"  # how labels of deformed rows are warped; bilinear makes them soft, as for gd
    baseline: Baseline = field(default_factory=Baseline)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.sigma_px >= 0:
            self._refuse("sigma_px", "use a length of 0 or more; 10 is the published value")
        if not 0 <= self.min_contrast <= self.max_contrast <= 2:
            self._refuse("min_contrast", f"use 0 <= min_contrast <= max_contrast <= 2 (it is {self.max_contrast})")
        if not 0 <= self.brightness <= 1:
            self._refuse("brightness", "use 0 to 1; grey values are 0 to 1")
        if self.labels not in ("nearest", "bilinear"):
            self._refuse("labels", "choose from nearest, bilinear")

    def _refuse(self, option: str, fix: str) -> None:
        raise ConfigError(key=f"augment.{option}", file=self.file, problem=f"got {getattr(self, option)}", fix=fix)

    def stages(self) -> tuple[Strategy, ...]:
        """The field acts on the stored image, the baseline on the result."""
        return (self, self.baseline)

    def sample(self, batch: Batch, prepared: Prepared, rng: torch.Generator) -> Drawn:
        """Draw the kind of each row, and everything that any kind needs."""
        rows, axes = len(batch), batch.image.ndim - 2
        zoom = max(batch.image.shape[2:]) / REFERENCE_SIDE_PX
        return Drawn(
            kinds=self.draw_kinds(rows, rng),
            control_px=zoom * self.sigma_px * torch.randn(rows, axes, *[_CONTROL_POINTS] * axes, generator=rng),
            contrast=uniform(self.min_contrast, self.max_contrast, (rows,), rng),
            brightness=uniform(-self.brightness, self.brightness, (rows,), rng),
        )

    def soft_rows(self, batch: Batch, params: Drawn) -> Tensor:
        """The deformed ones, where `labels` says so."""
        return params.kinds.deformed & (self.labels == "bilinear")

    def displacement_px(self, batch: Batch, params: Drawn, prepared: Prepared) -> Tensor | None:
        """The interpolated field; 0 in rows of other kinds."""
        if not self.deforms:
            return None
        control = params.control_px * _column(params.kinds.deformed, params.control_px)
        return stretched(control, tuple(batch.image.shape[2:]))

    def recolour(self, image: Tensor, params: Drawn, prepared: Prepared) -> Tensor:
        """Contrast about the mean of the warped image, then brightness; other rows keep their bits."""
        if not self.recolours:
            return image
        mean = image.flatten(1).mean(1).view(-1, *[1] * (image.ndim - 1))
        changed = (image - mean) * _column(params.contrast, image) + mean + _column(params.brightness, image)
        return torch.where(_column(params.kinds.recoloured, image), changed, image)


def _column(values: Tensor, like: Tensor) -> Tensor:
    """(B,) as (B, 1, ...)."""
    return values.view(-1, *[1] * (like.ndim - 1))
