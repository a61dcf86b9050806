"""The result of a trial in a few words."""

from collections.abc import Mapping
from typing import Any

from segaug.measures import BCE, CE, DICE

SHOWN = {BCE: 4, CE: 4, DICE: 3}  # with their digits; a trial has measured one of the cross-entropies


def headline(record: Mapping[str, Any]) -> str:
    """Such as: BCE 0.0612, Dice 0.912; or: diverged."""
    if not record["test"]:
        return "diverged"
    best = record["test"]["best"]
    known = ((one, digits) for one, digits in SHOWN.items() if best.get(one.key) is not None)
    return ", ".join(f"{one.words} {best[one.key]:.{digits}f}" for one, digits in known)
