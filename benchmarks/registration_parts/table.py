"""The table of one set of pairs: a line for each method."""

from collections.abc import Sequence
from math import sqrt
from statistics import median

import torch
from scipy.stats import t as student
from torch import Tensor

from registration_parts.method import Found
from registration_parts.pair import Stacked
from registration_parts.scores import Scores, score

COLUMNS = {
    "CPU ms": 6,  # per pair, median
    "x 1st": 6,  # as many times the CPU of the first method
    "Dice": 6,
    "1st better by": 15,  # in Dice, with its 95 % interval
    "image": 6,  # mean squared difference, share of that before
    "folded": 9,  # pairs, strict
    "min J": 7,  # strict, of all pairs
    "inverse px": 10,  # mean distance between a pixel and where both maps bring it
    "guarded": 9,  # pairs whose map had to be shrunk
}


class Entry:
    """What one method has done so far."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ms: list[float] = []  # per pair
        self.guarded: int | None = None
        self._scores: list[Scores] = []

    def add(self, pairs: Stacked, found: Found) -> None:
        """Judge the maps of a batch of pairs."""
        self.ms.append(1e3 * found.seconds / len(pairs.fixed))
        if found.guarded is not None:
            self.guarded = (self.guarded or 0) + found.guarded
        self._scores.append(score(pairs, found.inverse_map_px, found.forward_map_px))

    def all(self, what: str) -> Tensor:
        """One of the scores of every pair."""
        return torch.cat([getattr(scores, what) for scores in self._scores])


def table(entries: Sequence[Entry]) -> str:
    """Times and Dice are compared with the first entry."""
    lines = [["", *COLUMNS], *([entry.name, *_cells(entry, entries[0])] for entry in entries)]
    widths = [-max(len(entry.name) for entry in entries), *COLUMNS.values()]
    return "\n".join(
        "  ".join(f"{cell:{'<' if n < 0 else '>'}{abs(n)}}" for cell, n in zip(line, widths, strict=True))
        for line in lines
    )


def _cells(entry: Entry, first: Entry) -> list[str]:
    ms, dice, jacobian, inverse_px = median(entry.ms), *map(entry.all, ("dice", "min_jacobian", "inverse_px"))
    return [
        f"{ms:.0f}",
        f"{ms / median(first.ms):.1f}",
        f"{dice.mean():.3f}",
        "" if entry is first else _difference(first.all("dice") - dice),
        f"{entry.all('image').mean():.2f}",
        f"{int((jacobian <= 0).sum())} of {len(dice)}",
        f"{jacobian.min():.3f}",
        "" if inverse_px.isnan().any() else f"{inverse_px.mean():.3f}",
        "" if entry.guarded is None else f"{entry.guarded} of {len(dice)}",
    ]


def _difference(values: Tensor) -> str:
    """Mean with the half width of its 95 % interval (Student's t over pairs)."""
    half = float(student.ppf(0.975, len(values) - 1)) * float(values.std()) / sqrt(len(values))
    return f"{float(values.mean()):+.3f} ± {half:.3f}"
