"""RED: random elastic deformation."""

from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor

from segaug.augment.baseline import Baseline
from segaug.augment.draws import uniform
from segaug.augment.strategy import Prepared, Strategy
from segaug.batch import Batch
from segaug.deform.coarse import control_count
from segaug.deform.elastic_field import ElasticField
from segaug.errors import ConfigError

_FILE = "conf/augment/red.yaml"


@dataclass(frozen=True, kw_only=True)
class RandomElastic(Strategy):
    """Run the baseline, then move a coarse grid of control points at random, interpolated bicubically.

    Each image draws one magnitude A ~ U(min, max), and each control point and axis an offset A * N(0, 1).  Lengths are
    given for an image whose longer side is `reference_side_px` and scale with it.  The field folds here and there once
    A is well above a third of the spacing.

    The output shows at p what the stored image holds at M (p + e(p)) = M p + (M e)(p), M the baseline's matrix: as
    interpolation is linear, M times the offsets of the control points is all that is needed.  Where the network is
    shown patches, the field is one of the whole image, and the baseline acts on the patch.

    Source: MONAI 1.6, `Rand2DElastic`, and its order, in which the elastic grid is made first and looks through the
    affine map; except that it interpolates positions and we interpolate displacements: its bicubic kernel bends a
    straight line of positions by up to 0.05 spacings, so that magnitude 0 would move pixels.
    """

    version: ClassVar[int] = 2  # 1: the field acted on the stored image, before the baseline

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
        """The baseline acts on the stored image, the elastic field on the result; see above for patches."""
        return (self.baseline, self)

    def sample(self, batch: Batch, prepared: Prepared, rng: torch.Generator) -> Tensor:
        """Offsets of the control points in pixels, (B, 2, rows, columns)."""
        zoom, size = self._zoom(batch), batch.image.shape[2:]
        counts = [control_count(n, zoom * self.spacing_px) for n in size]
        magnitude = uniform(self.min_magnitude_px, self.max_magnitude_px, (len(batch), 1, 1, 1), rng)
        return zoom * magnitude * torch.randn(len(batch), len(size), *counts, generator=rng)

    def displacement_px(self, batch: Batch, params: Tensor, prepared: Prepared) -> ElasticField:
        """The offsets, to be interpolated to every pixel."""
        return ElasticField(
            control_px=params, spacing_px=self._zoom(batch) * self.spacing_px, size=tuple(batch.image.shape[2:])
        )

    def _zoom(self, batch: Batch) -> float:
        return max(batch.image.shape[2:]) / self.reference_side_px
