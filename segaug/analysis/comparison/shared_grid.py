"""The curves of one task and model on one grid of seeds and sizes, with draws that all of them share.

Where seeds share their subsets, a row of the grid is a subset: see `CurveTrials.replicates`.

Shapes: S seeds and m sizes of any of the curves, B draws, K test cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.comparison.compared_curve import ComparedCurve
from segaug.analysis.comparison.paired_population import errors_on_drawn_cases
from segaug.analysis.curves.population import Draws, draws
from segaug.analysis.law.power_law import Array
from segaug.analysis.trials.case_grid import CaseGrid, case_grid
from segaug.analysis.trials.curve_trials import CurveTrials
from segaug.analysis.trials.divergence import with_constant
from segaug.results.case_errors import Cases


@dataclass(frozen=True, eq=False)
class PlacedCurve:
    """One curve on the grid."""

    trials: CurveTrials
    compared: ComparedCurve
    status: NDArray[np.str_]  # of each trial, by seed and size; "missing" where there is none
    with_constant: Array  # (S, m) errors if diverged trials count as constant predictions, NaN where there is no trial
    cases: CaseGrid | None  # errors on the single test cases, (S, m, K)
    drawn: Draws

    @cached_property
    def on_drawn_cases(self) -> Array | None:
        """Error of each trial on each draw of test cases, (B, S, m); None where cases or their patients are too few."""
        if self.cases is None or self.cases.patient_count < 2:
            return None
        return errors_on_drawn_cases(self.cases.values, self.drawn.cases(self.cases.patients))


def place(curves: Sequence[CurveTrials], cases: Cases, resamples: int) -> tuple[Array, list[PlacedCurve]]:
    """The sizes of the grid, (m,), and every curve on it."""
    seeds = reduce(np.union1d, (curve.seeds for curve in curves))
    rows = reduce(np.union1d, (curve.replicates().seeds for curve in curves))
    sizes = reduce(np.union1d, (curve.sizes for curve in curves))
    key = curves[0].key
    drawn = draws(rows.tolist(), f"{key.task}/{key.model}", resamples)

    def placed(curve: CurveTrials) -> PlacedCurve:
        replicates, grid, columns = curve.replicates(), case_grid(curve, cases), np.searchsorted(sizes, curve.sizes)
        own = np.ix_(np.searchsorted(rows, replicates.seeds), columns)
        shape = (len(rows), len(sizes))
        status = np.full((len(seeds), len(sizes)), "missing", dtype=curve.status.dtype)
        status[np.ix_(np.searchsorted(seeds, curve.seeds), columns)] = curve.status
        values = _spread(replicates.values, own, shape)
        replaced = curve.by_subset(with_constant(curve.errors, curve.status, curve.constant))
        on_cases = grid and replace(grid, values=_spread(curve.by_subset(grid.values), own, shape))
        compared = ComparedCurve(sizes, values, drawn.seeds.counts, curve.nested)
        return PlacedCurve(curve, compared, status, _spread(replaced, own, shape), on_cases, drawn)

    return sizes, [placed(curve) for curve in curves]


def _spread(values: Array, cells: tuple[np.ndarray, ...], shape: tuple[int, int]) -> Array:
    """Values of some cells of the grid on all of it, NaN elsewhere."""
    grid = np.full((*shape, *values.shape[2:]), np.nan)
    grid[cells] = values
    return grid
