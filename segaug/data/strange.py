"""Mask values that nothing in the data set's options explains."""

from collections.abc import Mapping

import numpy as np

from segaug.data.rules.values import is_colour, text
from segaug.errors import DataError

_MOST_LISTED = 8  # listed; more of them are no labels but the blur of a resized mask


class StrangeValuesError(DataError):
    """A mask, or several, hold undeclared values.

    counts: of each value, the pixels of one mask that have it, or the masks of a set that hold it; unit says which.
    declared: the values that may occur.  share: of the pixels of the one mask, those with other values; "" = not told.
    """

    def __init__(
        self, *, file: object, counts: Mapping[int, int], unit: str, declared: tuple[int, ...], share: str = ""
    ) -> None:
        listed = ", ".join(f"{text(value)} ({count} {unit})" for value, count in [*counts.items()][:_MOST_LISTED])
        more = ", ..." if len(counts) > _MOST_LISTED else ""
        part = f", in {share} of its pixels" if share and more else ""
        problem = f"holds the values {listed}{more}{part}; allowed are {', '.join(map(text, declared))}"
        super().__init__(file=file, problem=problem, fix=_fix(sorted(counts), declared))
        self.counts, self.declared = dict(counts), declared


def strange_values(name: str, found: np.ndarray, declared: tuple[int, ...], pixels: int = 0) -> StrangeValuesError:
    """found: the pixels of one mask whose values are not declared.  pixels: how many it has; 0 = not told."""
    values, counts = np.unique(found, return_counts=True)
    numbered = dict(zip(values.tolist(), counts.tolist(), strict=True))
    share = f"{found.size / pixels:.2%}" if pixels else ""
    return StrangeValuesError(file=name, counts=numbered, unit="px", declared=declared, share=share)


def _fix(values: list[int], declared: tuple[int, ...]) -> str:
    """What to type, in a form that a shell leaves as it is."""
    if len(values) > _MOST_LISTED:
        return (
            "set dataset.above_zero=true if values number objects; if edges are blurred, save masks as PNG, resized by "
            "nearest"
        )
    words = " ".join(_word(place, value) for place, value in enumerate(values))
    background, ignored = (",".join(map(_typed, each)) for each in (sorted({0, *values}), values))
    return (
        f"add {words} if they are structures, or 'dataset.background=[{background}]' if they are background, or "
        f"'dataset.ignore=[{ignored}]' if they count for nothing, as a rim does"
    )


def _word(place: int, value: int) -> str:
    word = f"dataset.structures.NAME{place or ''}={_typed(value)}"
    return f"'{word}'" if is_colour(value) else word


def _typed(value: int) -> str:
    return f'"{text(value)}"' if is_colour(value) else str(value)
