"""Tables whose numbers stand beside the band that they have to lie in."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Band:
    """From low to high, both included, in per cent unless the table says otherwise."""

    low: float = -math.inf
    high: float = math.inf

    def __str__(self) -> str:
        if math.isinf(self.low):
            return f"<= {self.high:g}"
        return f">= {self.low:g}" if math.isinf(self.high) else f"{self.low:g}-{self.high:g}"

    def holds(self, value: float, slack: float) -> bool:
        """slack: how far outside is allowed; NaN lies in no band."""
        return self.low - slack <= value <= self.high + slack


@dataclass(frozen=True)
class Cell:
    """One number: as printed, and beside its band if it has one."""

    text: str
    value: float = math.nan
    band: Band | None = None
    slack: float = 0.0

    @property
    def failed(self) -> bool:
        """Outside its band."""
        return self.band is not None and not self.band.holds(self.value, self.slack)


@dataclass(frozen=True)
class Row:
    """One line; with any band it ends in PASS or FAIL."""

    labels: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def bands(self) -> tuple[Band | None, ...]:
        """Of each cell."""
        return tuple(cell.band for cell in self.cells)

    @property
    def judged(self) -> bool:
        """Has any number a band?"""
        return any(self.bands)

    @property
    def failed(self) -> bool:
        """Lies any number outside its band?"""
        return any(cell.failed for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """Rows under a title; a number outside its band carries an exclamation mark."""

    title: str
    columns: tuple[str, ...]  # of the labels, then of the cells
    rows: Sequence[Row]
    notes: Sequence[str] = field(default=())

    def __str__(self) -> str:
        lines = [[*self.columns, ""]]
        bands: tuple[Band | None, ...] = ()
        for row in self.rows:
            if row.judged and row.bands != bands:
                bands = row.bands
                accepted = ["" if band is None else str(band) for band in bands]
                lines.append([*[""] * (len(row.labels) - 1), "accepted", *accepted, ""])
            texts = [cell.text + "!" * cell.failed for cell in row.cells]
            lines.append([*row.labels, *texts, ("FAIL" if row.failed else "PASS") if row.judged else ""])
        return "\n".join([self.title, *_aligned(lines), *self.notes])


def _aligned(lines: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [f"{text:<{width}}" for text, width in zip(line, widths, strict=True)]
        yield "  ".join(cells).rstrip()
