"""Bias, error and interval width of the default fit, and how much worse the unweighted published fit is."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from segaug.analysis.law.power_law import Array
from segaug.analysis.law.solver import solve

from .effort import Effort
from .judged import QUANTITIES, Judged
from .laws import Setting, simulate
from .table import Band, Cell, Row, Table
from .truths import Design, Truth

_SHOWN = tuple(name for name in QUANTITIES if name != "c")  # which may be zero
_UNWEIGHTED_WORSE = Band(0.9)  # its error over that of the default


def precision(effort: Effort) -> list[Table]:
    return [_estimates(effort), _unweighted(effort)]


def _estimates(effort: Effort) -> Table:
    rows = []
    for design, cells in effort.over_truths(partial(simulate, Setting("S = 20"), effort.repetitions)).items():
        rows += [Row((str(design), name), _row(cells, name)) for name in _SHOWN]
    title = "Bias, RMSE and width of the default fit, S = 20, % of the truth (phi: points), median over truths"
    return Table(title, ("sizes", "quantity", "bias [largest]", "RMSE", "width"), rows)


def _row(cells: Sequence[Judged], name: str) -> tuple[Cell, ...]:
    column = QUANTITIES.index(name)
    scale = [100 / (1.0 if name == "phi" else one.truth[column]) for one in cells]
    errors = [k * (one.value[:, column] - one.truth[column]) for k, one in zip(scale, cells, strict=True)]
    widths = [k * float((one.high - one.low)[:, column].mean()) for k, one in zip(scale, cells, strict=True)]
    bias = [float(error.mean()) for error in errors]
    return (
        Cell(f"{np.median(bias):.1f} [{max(bias, key=abs):.1f}]"),
        Cell(f"{np.median([_rms(error) for error in errors]):.1f}"),
        Cell(f"{np.median(widths):.1f}"),
    )


def _unweighted(effort: Effort) -> Table:
    rows = []
    for design, cells in effort.over_truths(partial(_both, effort.repetitions)).items():
        unweighted, default = np.median(cells, axis=0)
        ratio = unweighted / default
        texts = (Cell(f"{unweighted:.1f}"), Cell(f"{default:.1f}"), Cell(f"{ratio:.1f}", ratio, _UNWEIGHTED_WORSE))
        rows.append(Row((str(design),), texts))
    return Table(
        "RMSE of E(Nmax), %, median over truths, S = 20", ("sizes", "unweighted fit", "default", "ratio"), rows
    )


def _both(repetitions: int, cell: tuple[Design, Truth]) -> tuple[float, float]:
    """RMSE of E(Nmax) in %: of the unweighted fit, and of the default."""
    design, truth = cell
    setting, expected = Setting(""), float(truth.law(design).predict(design.largest))
    means = np.array([values.mean(axis=0) for values in setting.trials(design, truth, repetitions)])
    published = solve(design.sizes, means, np.ones(len(design.sizes))).predict(design.sizes[-1:])[:, 0]
    default = simulate(setting, repetitions, cell).value[:, QUANTITIES.index("E(Nmax)")]
    return 100 * _rms(published / expected - 1), 100 * _rms(default / expected - 1)


def _rms(errors: Array) -> float:
    return float(np.sqrt(np.mean(errors**2)))
