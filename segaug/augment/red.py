"""RED: random elastic deformation."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from segaug.augment.baseline import Baseline
from segaug.augment.draws import uniform
from segaug.augment.strategy import Prepared, Strategy
from segaug.batch import Batch
from segaug.deform.coarse import control_count, dense
from segaug.errors import ConfigError

_FILE = "conf/augment/red.yaml"


@dataclass(frozen=True, kw_only=True)
class RandomElastic(Strategy):
    """Move a coarse grid of control points at random, interpolate bicubically, then run the baseline.

    Each image draws one magnitude A ~ U(min, max), and each control point and axis an offset A * N(0, 1).  Lengths are
    given for an image whose longer side is `reference_side_px` and scale with it.  The field folds here and there once
    A is well above a third of the spacing.

    Source: MONAI 1.6, `Rand2DElastic`, except that it interpolates positions and we interpolate displacements: its
    bicubic kernel bends a straight line of positions by up to 0.05 spacings, so that magnitude 0 would move pixels.
    """

    spacing_px: float = 32.0  # between control points
    min_magnitude_px: float = 1.0
    max_magnitude_px: float = 4.0
    reference_side_px: float = 256.0
    baseline: Baseline = field(default_factory=Baseline)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.min_magnitude_px <= self.max_magnitude_px:
            raise ConfigError(
                key="augment.min_magnitude_px",
                file=_FILE,
                problem=f"got {self.min_magnitude_px} with max_magnitude_px {self.max_magnitude_px}",
                fix="use 0 <= min_magnitude_px <= max_magnitude_px",
            )
        for name in ("spacing_px", "reference_side_px"):
            if not (value := getattr(self, name)) > 0:
                raise ConfigError(key=f"augment.{name}", file=_FILE, problem=f"got {value}", fix="use a length above 0")

    def stages(self) -> tuple[Strategy, ...]:
        """The elastic field acts on the stored image, the baseline on the result."""
        return (self, self.baseline)

    def sample(self, batch: Batch, prepared: Prepared, rng: torch.Generator) -> Tensor:
        """Offsets of the control points in pixels, (B, 2, rows, columns)."""
        zoom, size = self._zoom(batch), batch.image.shape[2:]
        counts = [control_count(n, zoom * self.spacing_px) for n in size]
        magnitude = uniform(self.min_magnitude_px, self.max_magnitude_px, (len(batch), 1, 1, 1), rng)
        return zoom * magnitude * torch.randn(len(batch), len(size), *counts, generator=rng)

    def displacement_px(self, batch: Batch, params: Tensor, prepared: Prepared) -> Tensor:
        """Interpolate the offsets to every pixel."""
        return dense(params, tuple(batch.image.shape[2:]), self._zoom(batch) * self.spacing_px)

    def _zoom(self, batch: Batch) -> float:
        return max(batch.image.shape[2:]) / self.reference_side_px
