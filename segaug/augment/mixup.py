"""MixUp: convex mixtures of two rows of the batch, images and labels alike."""

import math
from dataclasses import dataclass, field, replace
from typing import ClassVar

import torch
from torch import Tensor

from segaug.augment.baseline import Baseline
from segaug.augment.draws import beta
from segaug.augment.strategy import Prepared, Strategy
from segaug.batch import Batch
from segaug.errors import ConfigError


@dataclass(frozen=True)
class Pairs:
    """One row per image."""

    first: Tensor  # (B,) long, rows of the batch
    second: Tensor  # (B,) long
    share: Tensor  # (B,) of the first


@dataclass(frozen=True, kw_only=True)
class Mixing(Strategy):
    """x = l x_i + (1 - l) x_j and the same for labels, l ~ Beta(alpha, alpha), on half of the rows (`p`).

    i and j are drawn with replacement among the rows of the batch, as they are after all other stages.
    Source: Zhang et al. (2018), mixup; alpha and the half: Chaitanya et al. (2021), section 4.3.
    """

    group: ClassVar[str] = "augment.mixing"  # where its options stand, and in which file
    file: ClassVar[str] = "conf/augment/gd_gi_mixup.yaml"
    mixes_rows: ClassVar[bool] = True

    p: float = 0.5
    alpha: float = 0.2

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.alpha < math.inf:
            raise ConfigError(
                key=f"{self.group}.alpha",
                file=self.file,
                problem=f"got {self.alpha}",
                fix="use a number above 0; 0.2 is the published value",
            )

    def sample(self, batch: Batch, prepared: Prepared, rng: torch.Generator) -> Pairs:
        """Draw partners and shares."""
        rows = len(batch)
        first, second = torch.randint(rows, (2, rows), generator=rng)
        return Pairs(first, second, beta(self.alpha, (rows,), rng))

    def mix(self, batch: Batch, params: Pairs, prepared: Prepared) -> Batch:
        """Mixed rows; where both partners are one row, that row."""
        share = params.share.view(-1, *[1] * (batch.image.ndim - 1))
        first, second = batch.rows(params.first), batch.rows(params.second)
        return replace(
            batch,
            image=torch.lerp(second.image, first.image, share),
            label=torch.lerp(second.label, first.label, share),
        )


@dataclass(frozen=True, kw_only=True)
class MixUp(Mixing):
    """The shared baseline, then MixUp."""

    group: ClassVar[str] = "augment"
    file: ClassVar[str] = "conf/augment/mixup.yaml"

    baseline: Baseline = field(default_factory=Baseline)

    def stages(self) -> tuple[Strategy, ...]:
        """Rows are mixed when all else is done."""
        return (self.baseline, self)
