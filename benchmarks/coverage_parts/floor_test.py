"""The likelihood ratio test of "no floor": its level where there is none, and its power beside that of the interval."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.law.fit import fit_curve

from .effort import Effort, rate
from .laws import Setting
from .table import Band, Row, Table
from .trials import Noise
from .truths import DESIGNS, GRID, Design, Truth

_LEVELS = (0.05, 0.01)
_ROUNDING = 1e-12


def floor_test(effort: Effort) -> list[Table]:
    null = [truth for truth in GRID if truth.floor_share == 0]
    rows = [
        _row(f"phi = 0, S = {seeds}", design, _more(effort, seeds, design, null), Band(2.5, 7), Band(high=2.5))
        for seeds in (20, 5)
        for design in DESIGNS
    ]
    rows += [
        _row(f"b = 0.5, phi = {share:g}, S = 20", design, _more(effort, 20, design, [Truth(0.5, share)]), None, None)
        for share in (0.2, 0.5)
        for design in DESIGNS
    ]
    columns = ("truth", "sizes", "p < .05", "p < .01", "phi_lo > 0", "both agree at .025")
    note = "The interval of phi leaves out zero at the one-sided level of 2.5 %."
    return [Table("Likelihood ratio test of c = 0: share of curves where it finds a floor, %", columns, rows, (note,))]


def _more(effort: Effort, seeds: int, design: Design, truths: list[Truth]) -> NDArray[np.float64]:
    run = partial(simulate, Setting("", Noise(seeds)), effort.repetitions)
    return np.concatenate(effort.map(run, [(design, truth) for truth in truths]))


def simulate(setting: Setting, repetitions: int, cell: tuple[Design, Truth]) -> NDArray[np.float64]:
    """p-value, and whether the interval of phi leaves out zero: (R, 2)."""
    design, truth = cell
    fits = (fit_curve(design.sizes, values) for values in setting.trials(design, truth, repetitions))
    return np.array([(fit.p_no_floor, fit.default.floor_share.interval.low > _ROUNDING) for fit in fits])


def _row(name: str, design: Design, found: NDArray[np.float64], at_5: Band | None, at_1: Band | None) -> Row:
    p, by_interval = found[:, 0], found[:, 1] > 0
    cells = (
        *(rate(p < level, band) for level, band in zip(_LEVELS, (at_5, at_1), strict=True)),
        rate(by_interval),
        rate((p < 0.025) == by_interval),
    )
    return Row((name, str(design)), cells)
