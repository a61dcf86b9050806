"""The curves of one task and model on one grid of seeds and sizes, with draws that all of them share.

Shapes: S seeds and m sizes of any of the curves, B draws, K test cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.comparison.compared_curve import ComparedCurve
from segaug.analysis.comparison.paired_population import errors_on_drawn_cases
from segaug.analysis.curves.population import Draws, draws
from segaug.analysis.law.power_law import Array
from segaug.analysis.metric import Metric
from segaug.analysis.trials.case_grid import CaseGrid, case_grid
from segaug.analysis.trials.curve_trials import CurveTrials
from segaug.analysis.trials.divergence import with_constant
from segaug.results.case_errors import Cases


@dataclass(frozen=True, eq=False)
class PlacedCurve:
    """One curve on the grid."""

    trials: CurveTrials
    compared: ComparedCurve
    status: NDArray[np.str_]  # (S, m), "missing" where there is no trial
    with_constant: Array  # (S, m) errors if diverged trials count as constant predictions, NaN where there is no trial
    cases: CaseGrid | None  # errors on the single test cases, (S, m, K)
    drawn: Draws

    @cached_property
    def on_drawn_cases(self) -> Array | None:
        """Error of each trial on each draw of test cases, (B, S, m); None where cases or their patients are too few."""
        if self.cases is None or self.cases.patient_count < 2:
            return None
        return errors_on_drawn_cases(self.cases.values, self.drawn.cases(self.cases.patients))


def place(
    curves: Sequence[CurveTrials], metric: Metric | None, cases: Cases, resamples: int
) -> tuple[Array, list[PlacedCurve]]:
    """The sizes of the grid, (m,), and every curve on it."""
    seeds = reduce(np.union1d, (curve.seeds for curve in curves))
    sizes = reduce(np.union1d, (curve.sizes for curve in curves))
    key = curves[0].key
    drawn = draws(seeds.tolist(), f"{key.task}/{key.model}", resamples)

    def placed(curve: CurveTrials) -> PlacedCurve:
        cells = np.ix_(np.searchsorted(seeds, curve.seeds), np.searchsorted(sizes, curve.sizes))
        status = np.full((len(seeds), len(sizes)), "missing", dtype=curve.status.dtype)
        status[cells] = curve.status
        values, replaced = (np.full(status.shape, np.nan) for _ in range(2))
        values[cells] = curve.values
        replaced[cells] = with_constant(curve.errors, curve.status, curve.constant)
        compared = ComparedCurve(sizes, values, drawn.seeds.counts, curve.nested)
        return PlacedCurve(curve, compared, status, replaced, _cases(curve, cases, metric, cells, status.shape), drawn)

    return sizes, [placed(curve) for curve in curves]


def _cases(
    curve: CurveTrials, cases: Cases, metric: Metric | None, cells: tuple[np.ndarray, ...], shape: tuple[int, ...]
) -> CaseGrid | None:
    found = case_grid(curve, cases, metric)
    if found is None:
        return None
    values = np.full((*shape, found.values.shape[2]), np.nan)
    values[cells] = found.values
    return CaseGrid(values, found.cases, found.patients)
