"""GD + GI + MixUp: pairs among originals, affine and generated rows."""

from dataclasses import dataclass, field
from typing import ClassVar

from segaug.augment.mixup import Mixing
from segaug.augment.strategy import Strategy
from segaug.augment.task_driven.gd_gi import GeneratedBoth


@dataclass(frozen=True, kw_only=True)
class GeneratedBothMixUp(GeneratedBoth):
    """What gd_gi makes of a batch, then MixUp on half of the rows."""

    file: ClassVar[str] = "conf/augment/gd_gi_mixup.yaml"

    mixing: Mixing = field(default_factory=Mixing)

    def stages(self) -> tuple[Strategy, ...]:
        """Rows are mixed when all else is done."""
        return (*super().stages(), self.mixing)
