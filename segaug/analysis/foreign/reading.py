"""What a foreign table was taken for, in one sentence: an answer begins with it."""

from dataclasses import dataclass
from typing import Self

import pandas as pd

from segaug.analysis.foreign.naming import SHOWN, Named
from segaug.analysis.foreign.numbers import in_percent
from segaug.analysis.foreign.synonyms import OWN, plain_name
from segaug.results.keys import CELL, CURVE


@dataclass(frozen=True)
class Reading:
    """The table's words for ours, and what it does not say."""

    name: str  # of the file
    measure: str  # what its column of errors is called, in plain letters
    overlap: bool  # its error is 1 minus what it holds
    paired: bool  # it has seeds
    facts: tuple[str, ...]

    @classmethod
    def of(cls, named: Named, trials: pd.DataFrame, *, commas: bool) -> Self:
        """trials: what became of the table."""
        file = named.file
        names = (_named(key, file.heading(key)) for key in map(str, file.frame) if key != "error")
        facts = [
            _extent(trials, seeds="seed" in file.frame),
            *filter(None, names),
            _error(named),
            *(["decimal commas"] if commas else []),
            *([f"not used: {', '.join(named.others)}"] if named.others else []),
        ]
        return cls(file.name, plain_name(file.heading("error")), named.overlap, "seed" in file.frame, tuple(facts))

    def __str__(self) -> str:
        return f"read {self.name}: {'; '.join(self.facts)}"


def _error(named: Named) -> str:
    """What the error is, and its unit as far as the table says it."""
    heading = named.file.heading("error")
    error = (
        f"error = 1 - {heading}" if named.overlap else "error" if _is_own("error", heading) else f"error = {heading}"
    )
    if in_percent(named.file, "error"):
        return f"{error}, from per cent"
    return error if named.overlap else f"{error}, in the unit of the table"


def _named(key: str, heading: str) -> str:
    return "" if _is_own(key, heading) else f"{SHOWN.get(key, key)} = {heading}"


def _is_own(key: str, heading: str) -> bool:
    return heading.lower() in OWN[key]


def _extent(trials: pd.DataFrame, *, seeds: bool) -> str:
    """Curves, sizes, and how many trials each has."""
    cells = trials.groupby([*CELL]).size()
    curves = trials.drop_duplicates([*CURVE]).shape[0]
    sizes = trials["size"].nunique()
    low, high = int(cells.min()), int(cells.max())
    most = str(low) if low == high else f"{low} to {high}"
    what = "seed" if seeds else "repeat"
    counted = f"{_count(curves, 'curve')} of {_count(sizes, 'size')}, {most} {what}{'s' * (most != '1')} of each"
    return counted if seeds or high == 1 else f"{counted}, assumed independent"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
