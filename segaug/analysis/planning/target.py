"""An accuracy that somebody wants to reach."""

import math
from dataclasses import dataclass
from typing import Literal

from segaug.analysis.metric import Metric
from segaug.errors import ConfigError
from segaug.measures import Measure, Quantity, quantity

KEY = "--target"
_EXAMPLE = "write it as dice=0.9, bce=0.05 or bce_recalibrated=0.05"


@dataclass(frozen=True)
class Target:
    """A quantity on the test set, averaged over cases and trainings, and the value that it should have or pass."""

    quantity: Quantity
    value: float

    def __post_init__(self) -> None:
        if self.quantity.measure.part != "test":
            raise _error(f"{self.measure} is not measured on the test set", _EXAMPLE)
        if not 0 < self.value < math.inf:
            raise _error(f"got {self.measure}={self.value:g}", "use a value above 0")
        if self.is_share and self.value >= 1:
            words = self.quantity.measure.words
            raise _error(f"got {self.measure}={self.value:g}", f"use a {words} between 0 and 1, such as 0.9")

    def __str__(self) -> str:
        return f"{self.measure}={self.value:g}"

    @property
    def measure(self) -> str:
        """Key of the quantity."""
        return self.quantity.key

    @property
    def is_share(self) -> bool:
        """Is it between 0 and 1, and better the higher?"""
        return self.quantity.measure.better == "higher"

    @property
    def metric(self) -> Metric:
        """The error that falls towards 0."""
        return self.quantity.error

    @property
    def error(self) -> float:
        """The target in the unit of `metric`."""
        return self.in_measure(self.value)

    def in_measure(self, error: float) -> float:
        """An error of `metric` in the unit of the measure; its own inverse."""
        return float(self.quantity.error_of(error))


def read_target(text: str) -> Target:
    """`dice=0.9`, or the same by its error, `1-dice=0.1`."""
    name, number = _parts(text)
    measured = quantity(name, KEY)
    return Target(measured, float(measured.error_of(number)) if name == measured.error else number)


def table_target(text: str, measure: str, *, overlap: bool) -> Target:
    """`dice=0.9` of a table with a column dice, or the same by its error, `error=0.1`; overlap: better the higher."""
    name, number = _parts(text)
    if name not in ("error", measure):
        other = f" or {measure}={0.9 if overlap else 0.1}" if measure != "error" else ""
        raise _error(f"the table has no {name}", f"write error=0.1{other}")
    by_error = name == "error" or not overlap
    better: Literal["lower", "higher"] = "lower" if by_error else "higher"
    return Target(Quantity(Measure(key=name, words=name, unit="", meaning="of a table", better=better)), number)


def _parts(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise _error(f"got {text!r}", _EXAMPLE) from None


def _error(problem: str, fix: str) -> ConfigError:
    return ConfigError(key=KEY, problem=problem, fix=fix)
