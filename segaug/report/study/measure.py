"""How a measured quantity is drawn against N, and where its value lies in a trial."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from segaug.measures import BY_KEY, Quantity

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Measure:
    """One quantity on one axis."""

    quantity: Quantity
    unit: str
    checkpoint: Literal["best", "last"] = "best"
    error: bool = False  # draw the error, which falls towards zero, instead of the value

    @property
    def key(self) -> str:
        """Of the quantity, in records."""
        return self.quantity.key

    @property
    def name(self) -> str:
        """For a reader; "test" where validation has a measure of that name too."""
        if self.checkpoint == "last":
            return f"{self.quantity.words} of last weights"
        if self._complement:
            return f"1 − {self.quantity.words}"
        return f"test {self.quantity.words}" if f"validation_{self.key}" in BY_KEY else self.quantity.words

    @property
    def axis(self) -> str:
        """Name with unit."""
        return f"{self.name} [{self.unit}]"

    @property
    def meaning(self) -> str:
        """One clause for captions."""
        said = self.quantity.measure.meaning
        return f"one minus the {said.replace('higher is', 'lower is')}" if self._complement else said

    @property
    def log(self) -> bool:
        """Is its axis logarithmic?  Errors have one."""
        return self.error or self.quantity.measure.better == "lower"

    @property
    def scale(self) -> tuple[str, bool]:
        """Measures of equal scale share a range: those of single structures, and those with the same constant."""
        measure = self.quantity.measure
        return measure.constant or measure.atlas or measure.key, self._complement

    def of(self, trial: Json) -> float | None:
        """Value of one trial of `trial_columns`; None where the trial has none."""
        return self._read(trial, self._column)

    def of_atlas(self, trial: Json) -> float | None:
        """Value of the mean mask of the trial's own training images."""
        return self._read(trial, self.quantity.atlas)

    def of_constant(self, trial: Json) -> float | None:
        """Value of the best constant prediction."""
        return self._read(trial, self.quantity.constant)

    @cached_property
    def _column(self) -> str:
        return self.key if self.quantity.measure.part == "validation" else f"{self.key}_{self.checkpoint}"

    @property
    def _complement(self) -> bool:
        return self.error and self.quantity.measure.better == "higher"

    def _read(self, trial: Json, column: str | None) -> float | None:
        value = trial.get(column) if column else None
        return value if value is None or not self.error else self.quantity.error_of(value)
