"""GD: generated deformations on half of the rows."""

from dataclasses import dataclass
from typing import ClassVar

from segaug.augment.task_driven.strategy import TaskDriven


@dataclass(frozen=True, kw_only=True)
class GeneratedDeformation(TaskDriven):
    """A learned deformation of half of the rows; the others have the baseline alone."""

    file: ClassVar[str] = "conf/augment/gd.yaml"

    share_v: float = 0.5
    share_i: float = 0.0
    share_both: float = 0.0
