"""What RegDA and its control share: options, external images, mixtures, and the field of a momentum."""

from dataclasses import dataclass, field
from typing import ClassVar, NoReturn

import torch
from torch import Tensor

from segaug.augment.baseline import Baseline
from segaug.augment.mixture import Mixture, draw_mixture
from segaug.augment.momentum_field import MomentumField
from segaug.augment.strategy import Allowed, Sees, Strategy
from segaug.batch import Batch
from segaug.errors import ConfigError
from segaug.grey import grey
from segaug.registration.lddmm import Lddmm

_FARTHEST = 4  # in time: the guard shrinks a momentum to no less than a quarter


@dataclass(frozen=True, kw_only=True)
class MomentumStrategy(Strategy):
    """Deform by shooting momenta that external images decide, then run the baseline."""

    sees: ClassVar[tuple[Sees, ...]] = ("labelled subset", "external images")
    file: ClassVar[str]  # that error messages name

    external: int = 50  # of the external images, evenly spaced among them; all where there are fewer
    mixed: int = 3  # external images in a mixture
    concentration: float = 1.0  # of the Dirichlet weights; smaller: nearer to a single external image
    min_time: float = 1.0  # of the geodesic: 0 stays at the image, 1 arrives at the mixture, -1 goes the other way
    max_time: float = 1.0
    min_jacobian: float | None = 0.05  # shrink a mixture until its map is no more strained than this; null: never
    lddmm: Lddmm = field(default_factory=Lddmm)
    baseline: Baseline = field(default_factory=Baseline)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.mixed < 1:
            self._refuse("mixed", f"got {self.mixed}", "mix at least 1 external image; 3 is the default")
        if self.external < self.mixed:
            self._refuse("external", f"got {self.external} with mixed {self.mixed}", "use external >= mixed")
        if not self.concentration >= 0.05:
            self._refuse("concentration", f"got {self.concentration}", "use 0.05 or more; 1 is the default")
        if not -_FARTHEST <= self.min_time <= self.max_time <= _FARTHEST:
            problem = f"got {self.min_time} with max_time {self.max_time}"
            self._refuse("min_time", problem, f"use -{_FARTHEST} <= min_time <= max_time <= {_FARTHEST}")
        if self.min_jacobian is not None and not 0 < self.min_jacobian < 1:
            self._refuse("min_jacobian", f"got {self.min_jacobian}", "use a determinant between 0 and 1, or null")

    def stages(self) -> tuple[Strategy, ...]:
        """The registration's field acts on the stored image, where the anatomy is; the baseline on the result."""
        return (self, self.baseline)

    def mixtures(self, rows: int, of: int, rng: torch.Generator) -> Mixture:
        """Random mixtures of `of` external images."""
        return draw_mixture(rows, of, self.mixed, self.concentration, (self.min_time, self.max_time), rng)

    def field(self, momentum: Tensor, batch: Batch) -> MomentumField:
        """Guarded pull-back fields of momenta of the images of a batch."""
        size = (batch.image.shape[2], batch.image.shape[3])
        return MomentumField(momentum, self.lddmm.modes(size), self.min_jacobian)

    def external_images(self, allowed: Allowed, at_least: int = 0) -> Tensor:
        """The external images that are used, grey: (E, 1, H, W)."""
        images = allowed.external
        found, needed = 0 if images is None else len(images), max(self.mixed, at_least)
        if images is None or found < needed:
            problem = f"wants at least {needed} external images, but the split of this data set sets {found} aside"
            self._refuse("external", problem, "raise dataset.split.external_share and max_external, or mix fewer")
        used = min(self.external, found)
        return grey(images[torch.arange(used) * found // used])

    def _refuse(self, option: str, problem: str, fix: str) -> NoReturn:
        raise ConfigError(key=f"augment.{option}", file=self.file, problem=problem, fix=fix)
