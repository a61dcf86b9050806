"""An accuracy that somebody wants to reach."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from segaug.analysis.metric import Metric
from segaug.errors import ConfigError

Measure = Literal["dice", "bce", "bce_recalibrated"]
_EXAMPLE = "write it as dice=0.9, bce=0.05 or bce_recalibrated=0.05"


@dataclass(frozen=True)
class Target:
    """A measure on the test set, averaged over cases and trainings, and the value that it should have or pass."""

    measure: Measure
    value: float

    def __post_init__(self) -> None:
        if self.measure not in get_args(Measure):
            raise _error(f"got {self.measure!r}", _EXAMPLE)
        if not 0 < self.value < math.inf:
            raise _error(f"got {self.measure}={self.value:g}", "use a value above 0")
        if self.measure == "dice" and self.value >= 1:
            raise _error(f"got dice={self.value:g}", "use a Dice between 0 and 1, such as 0.9")

    @property
    def metric(self) -> Metric:
        """The error that falls towards 0."""
        return "1-dice" if self.measure == "dice" else self.measure

    @property
    def error(self) -> float:
        """The target in the unit of `metric`."""
        return self.in_measure(self.value)

    def in_measure(self, error: float) -> float:
        """An error of `metric` in the unit of the measure; its own inverse."""
        return 1 - error if self.measure == "dice" else error


def read_target(text: str) -> Target:
    """`dice=0.9`."""
    measure, _, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        raise _error(f"got {text!r}", _EXAMPLE) from None
    return Target(measure.strip(), number)  # type: ignore[arg-type]  # checked there


def _error(problem: str, fix: str) -> ConfigError:
    return ConfigError(key="--target", problem=problem, fix=fix)
