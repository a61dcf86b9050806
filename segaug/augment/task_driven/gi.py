"""GI: generated changes of intensity on half of the rows."""

from dataclasses import dataclass
from typing import ClassVar

from segaug.augment.task_driven.strategy import TaskDriven


@dataclass(frozen=True, kw_only=True)
class GeneratedIntensity(TaskDriven):
    """A learned change of the grey values of half of the rows; the others have the baseline alone."""

    file: ClassVar[str] = "conf/augment/gi.yaml"
    intensity: ClassVar[tuple[float, float]] = (-1.0, 2.0)

    share_v: float = 0.0
    share_i: float = 0.5
    share_both: float = 0.0
