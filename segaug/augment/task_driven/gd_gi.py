"""GD + GI: generated deformations and changes of intensity, alone and together."""

from dataclasses import dataclass
from typing import ClassVar

from segaug.augment.task_driven.strategy import TaskDriven


@dataclass(frozen=True, kw_only=True)
class GeneratedBoth(TaskDriven):
    """Both generators, with the shares of `ByKind`: 0.4 of the rows have the baseline alone."""

    file: ClassVar[str] = "conf/augment/gd_gi.yaml"
    intensity: ClassVar[tuple[float, float]] = (-1.0, 2.0)
