"""How much is simulated, and by how many processes."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .table import Band, Cell
from .truths import DESIGNS, REDUCED, Design, Truth

Item = TypeVar("Item")
Result = TypeVar("Result")
STANDARD_ERRORS = 2.0  # of the simulation itself, by which a rate may leave its band
_ENOUGH = 100  # repetitions of one truth for a limit on the worst of many


@dataclass(frozen=True)
class Effort:
    """Repetitions of each cell, and the truths of a table; results do not depend on the number of processes."""

    repetitions: int = 100
    truths: tuple[Truth, ...] = REDUCED
    pool: ProcessPoolExecutor | None = None

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """The function, of the top level of a module, of each item, in order."""
        return list(self.pool.map(function, items) if self.pool else map(function, items))

    def over_truths(
        self, function: Callable[[tuple[Design, Truth]], Result], designs: tuple[Design, ...] = DESIGNS
    ) -> dict[Design, list[Result]]:
        """The function of every truth in each design."""
        found = iter(self.map(function, [(design, truth) for design in designs for truth in self.truths]))
        return {design: [next(found) for _ in self.truths] for design in designs}


def rate(hits: NDArray[np.bool_], band: Band | None = None) -> Cell:
    """Share of hits, in per cent; a dash of none."""
    value = 100 * float(hits.mean()) if hits.size else float("nan")
    return Cell(
        f"{value:.1f}" if hits.size else "–",
        value,
        band,
        STANDARD_ERRORS * _standard_error(band, hits.size) if band else 0.0,
    )


def mean_and_worst(hits: NDArray[np.bool_], band: Band | None = None, floor: float = 0.0) -> Cell:
    """Share of hits over truths, and in brackets that of the truth with the fewest, in per cent.

    hits: (truths, repetitions).  floor: what even the worst has to reach if the mean has to.
    """
    mean, worst = rate(hits, band), 100 * float(hits.mean(axis=1).min())
    text = f"{mean.text} [{worst:.0f}]"
    if band is not None and band.low > floor > worst and hits.shape[1] >= _ENOUGH:
        return Cell(text, worst, Band(floor))
    return Cell(text, mean.value, band, mean.slack)


def _standard_error(band: Band, count: int) -> float:
    """Of a rate at the edge of its band, of so many data sets."""
    edge = min((end for end in (band.low, band.high) if np.isfinite(end)), key=lambda end: abs(end - 50))
    return float(np.sqrt(edge * (100 - edge) / max(count, 1)))
