"""What is measured of a trial: the only list.  Networks are scored, curves fitted and pages drawn by it.

A new measure is a line in `MEASURES`, and its formula under the same key in `segaug/metrics/cases.py`.  A measure and a
structure make a key: `dice` is the mean over a task's structures, `dice/rv` that of one of them.  A record that lacks a
key has not measured it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal

from segaug.errors import ConfigError

LARGEST = (2 - 2**-23) * 2.0**127  # of float32, in which networks and their losses are computed


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One way to judge a prediction.

    A reference is what a prediction that never looks at the image scores; a measure has its own, or none: `atlas` and
    `constant` are names in a record's "reference" (the mean training mask, the best constant probability).
    """

    key: str
    words: str
    unit: str
    meaning: str  # one clause for captions
    better: Literal["lower", "higher"] = "lower"  # higher: between 0 and 1, and its error is 1 - value
    per_structure: bool = False
    per: Literal["image", "patient"] = "image"  # what has one value
    part: Literal["test", "validation"] = "test"  # validation: its best value during training, to choose settings by
    structures: Literal["one", "several", "any"] = "any"  # tasks that it is measured on
    recalibrated: bool = False  # after a recalibration on validation labels: not measured where there are none
    atlas: str | None = None
    constant: str | None = None

    @property
    def range(self) -> tuple[float, float]:
        """Between which two numbers every value lies."""
        return (0.0, 1.0) if self.better == "higher" else (0.0, LARGEST)

    def fits(self, structures: int) -> bool:
        """Is it measured on tasks of so many structures?"""
        return self.structures == "any" or (self.structures == "several") == (structures > 1)


BCE = Measure(
    key="bce", words="BCE", unit="nats per pixel", structures="one", atlas="atlas_bce", constant="constant_bce",
    meaning="mean binary cross-entropy per pixel, natural logarithm; lower is better",
)  # fmt: skip
CE = Measure(
    key="ce", words="cross-entropy", unit="nats per pixel", structures="several", atlas="atlas_ce",
    constant="constant_ce",
    meaning="mean cross-entropy per pixel of background and structures, natural logarithm; lower is better",
)  # fmt: skip
DICE = Measure(
    key="dice", words="Dice", unit="0 to 1", better="higher", per_structure=True, atlas="atlas_dice",
    meaning="Dice overlap of predicted and true mask; higher is better",
)  # fmt: skip
MEASURES: tuple[Measure, ...] = (
    BCE,
    CE,
    replace(
        BCE, key="bce_recalibrated", words="recalibrated BCE", recalibrated=True, atlas="atlas_bce_recalibrated",
        meaning="BCE after one scale and one offset on the logits, fitted on the validation labels; lower is better",
    ),
    replace(
        CE, key="ce_recalibrated", words="recalibrated cross-entropy", recalibrated=True,
        atlas="atlas_ce_recalibrated",
        meaning="cross-entropy after one scale and an offset for each class, fitted on the validation labels; "
        "lower is better",
    ),
    DICE,
    replace(
        DICE, key="dice_patient", words="Dice per patient", per="patient", atlas="atlas_dice_patient",
        meaning="Dice overlap over all images of a patient together, on the grid of the network, which is not that of "
        "the scanner; higher is better",
    ),
    replace(
        DICE, key="iou", words="IoU", atlas="atlas_iou",
        meaning="intersection over union of predicted and true mask; higher is better",
    ),
    Measure(
        key="hd95", words="HD95", unit="px or mm", per_structure=True,
        meaning="95th percentile of the distances between the two outlines; lower is better",
    ),
    Measure(
        key="nsd", words="surface Dice", unit="0 to 1", better="higher", per_structure=True,
        meaning="share of both outlines that is within 2 mm of the other (2 px where their size is unknown); higher is "
        "better",
    ),
    Measure(
        key="validation_bce", words="lowest validation BCE", unit="nats per pixel", structures="one", part="validation",
        meaning="lowest binary cross-entropy on the validation images during training; lower is better",
    ),
    Measure(
        key="validation_ce", words="lowest validation cross-entropy", unit="nats per pixel", structures="several",
        part="validation",
        meaning="lowest cross-entropy on the validation images during training; lower is better",
    ),
)  # fmt: skip
BY_KEY = {measure.key: measure for measure in MEASURES}


@dataclass(frozen=True)
class Quantity:
    """A measure of all structures of a task together, or of one of them."""

    measure: Measure
    structure: str = ""

    @property
    def key(self) -> str:
        """Its name in records and tables."""
        return self._of(self.measure.key)

    @property
    def error(self) -> str:
        """Name of the error that falls towards zero as a model gets better."""
        return self.key if self.measure.better == "lower" else f"1-{self.key}"

    @property
    def words(self) -> str:
        """For a reader."""
        return f"{self.measure.words} of {self.structure}" if self.structure else self.measure.words

    @property
    def error_words(self) -> str:
        """The error, for a reader."""
        return self.words if self.measure.better == "lower" else f"1 - {self.words}"

    @property
    def atlas(self) -> str | None:
        """Name of its value for the mean training mask, in a record's "reference"."""
        return self.measure.atlas and self._of(self.measure.atlas)

    @property
    def constant(self) -> str | None:
        """Name of its value for the best constant prediction, in a record's "reference"."""
        return self.measure.constant and self._of(self.measure.constant)

    @property
    def constant_error(self) -> float | None:
        """Error of the best constant prediction where that is the same on all data.

        Of an overlap 1, that of an empty mask: a constant below one half is one.
        """
        return 1.0 if self.measure.better == "higher" else None

    def error_of(self, value: Any) -> Any:  # a number, an array or a column, and the same again
        """A value as an error, and an error as a value: its own inverse."""
        return value if self.measure.better == "lower" else 1 - value

    def _of(self, name: str) -> str:
        return f"{name}/{self.structure}" if self.structure else name


def quantities(structures: Sequence[str], part: Literal["test", "validation"] = "test") -> Iterator[Quantity]:
    """All that is measured on a task of these structures, in the order of the list."""
    for measure in MEASURES:
        if measure.part == part and measure.fits(len(structures)):
            yield Quantity(measure)
            if measure.per_structure and len(structures) > 1:
                yield from (Quantity(measure, structure) for structure in structures)


def quantity(name: str, key: str = "metric") -> Quantity:
    """What a name stands for: a key (`dice`, `dice/rv`), or that of its error (`1-dice/rv`).

    Whether some study has measured it is not asked.  Raises ConfigError naming `key`.
    """
    measure, _, structure = name.removeprefix("1-").partition("/")
    found = BY_KEY.get(measure)
    if found is None or (name.startswith("1-") and found.better == "lower"):
        near = get_close_matches(measure, BY_KEY, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ConfigError(key=key, problem=f"{name!r} is unknown", fix=f"{hint}choose from {', '.join(BY_KEY)}")
    if "/" in name and not (found.per_structure and structure):
        raise ConfigError(key=key, problem=f"{name!r} names no structure that {measure} has", fix=f"use {measure}")
    return Quantity(found, structure)


def stem_of(key: str) -> str:
    """A key, or that of its error, as part of a file's name: `1-dice_rv` of `1-dice/rv`.

    One that would read as that of another measure stays as it is: `dice/patient`, beside `dice_patient`.
    """
    measure, _, structure = key.removeprefix("1-").partition("/")
    joined = f"{measure}_{structure}_"
    longer = (other for other in BY_KEY if len(other) > len(measure))
    return key if any(joined.startswith(f"{other}_") for other in longer) else key.replace("/", "_", 1)


def cross_entropy(structures: int) -> Quantity:
    """What networks are trained, chosen and compared by if nothing else is said."""
    return Quantity(CE if structures > 1 else BCE)
