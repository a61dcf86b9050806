"""The result of a trial in a few words, with what to beware of."""

from collections.abc import Mapping
from typing import Any, Literal

from segaug.measures import BCE, CE, DICE
from segaug.results.collapse import collapses
from segaug.results.trained_out import not_trained_out
from segaug.results.trial_row import trial_row

Beware = Literal["collapsed", "not trained out"]
_UNMEASURED = "neither cross-entropy nor Dice was measured on the test images"
SHOWN = {BCE: 4, CE: 4, DICE: 3}  # with their digits; a trial has measured one of the cross-entropies


def headline(record: Mapping[str, Any]) -> str:
    """Such as: BCE 0.0612, Dice 0.912; or: diverged; or that its test gave none of these numbers."""
    if not record["test"]:
        return "diverged"
    best = record["test"]["best"] or {}
    known = ((measure, digits) for measure, digits in SHOWN.items() if best.get(measure.key) is not None)
    return ", ".join(f"{measure.words} {best[measure.key]:.{digits}f}" for measure, digits in known) or _UNMEASURED


def beware(record: Mapping[str, Any]) -> dict[Beware, str]:
    """What is to be told of it, and how it is seen; nothing of a trial that diverged."""
    if not record["test"]:
        return {}
    row = trial_row(record)
    warnings: dict[Beware, str] = {}
    if seen := collapses(row):
        warnings["collapsed"] = ", ".join(map(str, seen))
    if not_trained_out(row):
        warnings["not trained out"] = (
            f"the training loss fell by {row['late_fall']:.0%} in the last quarter of its updates"
        )
    return warnings
