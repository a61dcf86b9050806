"""The quantities that the report draws against N, and where each lies in a record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from segaug.analysis.metric import Metric

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One quantity on the test set."""

    key: str  # in record["test"][checkpoint]
    name: str
    unit: str
    meaning: str  # one clause for the caption
    atlas: str | None  # its value for the two references, in record["reference"]
    constant: str | None
    checkpoint: Literal["best", "last"] = "best"
    log: bool = True
    complement: bool = False  # draw 1 - value

    @property
    def axis(self) -> str:
        """Name with unit."""
        return f"{self.name} [{self.unit}]"

    def of(self, record: Json) -> float | None:
        """Value of one trial; None where the trial has none."""
        return self._read(record["test"][self.checkpoint], self.key)

    def of_atlas(self, record: Json) -> float | None:
        """Value of the mean mask of the trial's own training images."""
        return self._read(record["reference"], self.atlas)

    def of_constant(self, record: Json) -> float | None:
        """Value of the best constant prediction."""
        return self._read(record["reference"], self.constant)

    def _read(self, values: Json | None, key: str | None) -> float | None:
        value = values.get(key) if values and key else None
        return value if value is None or not self.complement else 1 - value


BCE = Measure(
    key="bce", name="test BCE", unit="nats per pixel", atlas="atlas_bce", constant="constant_bce",
    meaning="mean binary cross-entropy per pixel on the test set, natural logarithm; lower is better",
)  # fmt: skip
RECALIBRATED = Measure(
    key="bce_recalibrated", name="recalibrated BCE", unit="nats per pixel",
    atlas="atlas_bce", constant="constant_bce",
    meaning="test BCE after one scale and one offset on the logits, fitted on the validation labels; lower is better",
)  # fmt: skip
DICE = Measure(
    key="dice", name="Dice", unit="0 to 1", atlas="atlas_dice", constant=None, log=False,
    meaning="Dice overlap of the mask at probability 0.5, 0 to 1; higher is better",
)  # fmt: skip
DICE_ERROR = Measure(
    key="dice", name="1 − Dice", unit="0 to 1", atlas="atlas_dice", constant=None, complement=True,
    meaning="one minus the Dice overlap of the mask at probability 0.5; lower is better",
)  # fmt: skip
BCE_LAST = replace(BCE, name="BCE of last weights", checkpoint="last")
HD95 = Measure(
    key="hd95", name="HD95", unit="px or mm", atlas=None, constant=None,
    meaning="95th percentile of the distances between the two outlines; lower is better",
)  # fmt: skip
FITTED: dict[Metric, Measure] = {
    "bce": BCE,
    "bce_recalibrated": RECALIBRATED,
    "1-dice": DICE_ERROR,
}  # by what the law is fitted to
