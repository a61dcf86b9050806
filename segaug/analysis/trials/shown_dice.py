"""Dice over all test images, and over those that have something to find.

An image without the structure scores 1 if nothing is predicted, so that a network which finds nothing has the share of
these images as its Dice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from segaug.analysis.trials.curve_trials import CurveTrials
from segaug.measures import DICE, Quantity


@dataclass(frozen=True)
class ShownDice:
    """Means over the converged trials of one size that have counted; of one structure."""

    size: int
    structure: str  # "": there is one
    trials: int
    images: int  # of the test set
    shown: int  # of these, how many have something to find
    of_all: float
    of_shown: float

    def __str__(self) -> str:
        name = Quantity(DICE, self.structure).words
        return (
            f"{name} at N={self.size} is {self.of_all:.3f} over all {self.images} test images, {self.of_shown:.3f} "
            f"over the {self.shown} that show {self.structure or 'something'}"
        )


def shown_dice(curve: CurveTrials) -> list[ShownDice]:
    """By structure and size, of the structures that some test images do not show; records of before did not count.

    A trial's sum over all images less the 1 of each that is rightly empty is that over those with something to find.
    """
    asked = curve.quantity.structure if curve.quantity else ""
    ok = curve.table[curve.table["status"] == "ok"]
    structures = [name.partition("/")[2] for name in map(str, ok) if name.partition("/")[0] == "shown"]
    return [shown for structure in structures if asked in ("", structure) for shown in _by_size(ok, structure)]


def _by_size(ok: pd.DataFrame, structure: str) -> Iterator[ShownDice]:
    shown, invented = (ok[f"{name}/{structure}" if structure else name] for name in ("shown", "invented"))
    dice, images = ok.get(f"{Quantity(DICE, structure).key}_best"), ok["test_cases"]
    if dice is None:
        return
    of_shown = (dice * images - (images - shown - invented)) / shown
    known = of_shown.notna() & (shown > 0) & (shown < images)
    for size, rows in ok[known].groupby("size"):
        at = rows.index
        yield ShownDice(
            int(str(size)), structure, len(rows), int(images[at].max()), int(shown[at].max()),
            float(dice[at].mean()), float(of_shown[at].mean()),
        )  # fmt: skip
