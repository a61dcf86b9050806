"""How often what a verdict states is true where it is printed: verdicts pick the data that show most."""

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.interval import Interval
from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.law.stated import bounded_floor, identified_exponent, identified_floor
from segaug.analysis.law.verdict import verdict
from segaug.analysis.law.weighted_law import LawFit, fit_law

from .effort import Effort, rate
from .judged import holds
from .laws import Setting
from .table import Band, Cell, Row, Table
from .trials import Noise
from .truths import DESIGNS, Design, Truth

_TRUTHS = tuple(Truth(*pair) for pair in product((0.3, 0.5, 0.8), (0.1, 0.2, 0.5, 0.8)))
_SEEDS = (5, 20)
_STATEMENTS = ("floor identified", "floor bounded", "b identified")
_RARITY = ((0.0, 0.05), (0.05, 0.15), (0.15, 0.4), (0.4, 0.8), (0.8, 1.0))  # shares of studies that print a verdict
_TRUE = Band(85), Band(92), Band(95), Band(95), Band(95)


class _Said(NamedTuple):
    """Of R studies of one truth, (R, statements)."""

    printed: NDArray[np.bool_]
    at_95: NDArray[np.bool_]  # does the interval at 95 % hold?
    true: NDArray[np.bool_]


def stated(effort: Effort) -> list[Table]:
    cells = [(seeds, design, truth) for seeds in _SEEDS for design in DESIGNS for truth in _TRUTHS]
    found = effort.map(partial(_said, effort.repetitions), cells)
    rows = [row for place, name in enumerate(_STATEMENTS) for row in _rows(name, place, found)]
    notes = (
        "Truths with b 0.3, 0.5, 0.8 and phi 0.1, 0.2, 0.5, 0.8 in all designs, 5 and 20 seeds, by how many of their "
        "studies print the verdict.",
        "by 95 %: the interval at that level would have been true; true: what is printed.",
    )
    columns = ("verdict", "printed in", "truths", "printed", "by 95 %", "true")
    return [Table("What verdicts state, where they are printed, %", columns, rows, notes)]


def _rows(name: str, place: int, found: list[_Said]) -> Iterator[Row]:
    shares = [one.printed[:, place].mean() for one in found]
    for (low, high), band in zip(_RARITY, _TRUE, strict=True):
        held = [one for one, share in zip(found, shares, strict=True) if low < share <= high]
        at_95, true = (
            np.concatenate([getattr(one, of)[one.printed[:, place], place] for one in held] or [np.array([], bool)])
            for of in ("at_95", "true")
        )
        cells = Cell(str(len(held))), Cell(str(len(true))), rate(at_95), rate(true, band if true.size else None)
        yield Row((name, f"{100 * low:.0f}-{100 * high:.0f} %"), cells)


def _said(repetitions: int, cell: tuple[int, Design, Truth]) -> _Said:
    seeds, design, truth = cell
    law = truth.law(design)
    trials = Setting("", Noise(seeds)).trials(design, truth, repetitions)
    rows = [list(_statements(fit_law(weighted_means(design.sizes, values)), law)) for values in trials]
    return _Said(*np.array(rows).transpose(2, 0, 1))


def _statements(fit: LawFit, law: PowerLaw) -> Iterator[tuple[bool, bool, bool]]:
    """Printed, true at 95 %, true as printed; of what is not printed only the first counts."""
    said = verdict(fit)
    if said.floor == "identified":
        yield True, _in(fit.floor.interval, law.c), _in(identified_floor(fit), law.c)
    else:
        yield False, False, False
    if said.floor == "bounded":
        yield True, law.c <= fit.floor.interval.high, law.c <= bounded_floor(fit).high
    else:
        yield False, False, False
    if said.exponent == "identified":
        yield True, _in(fit.b.interval, law.b), _in(identified_exponent(fit), law.b)
    else:
        yield False, False, False


def _in(interval: Interval, truth: float) -> bool:
    return bool(holds(np.array(interval.low), np.array(interval.high), truth))
