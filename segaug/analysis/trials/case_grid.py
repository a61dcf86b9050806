"""The errors of one curve on each test case."""

from dataclasses import dataclass

import numpy as np

from segaug.analysis.law.power_law import Array
from segaug.analysis.trials.curve_trials import CurveTrials
from segaug.errors import DataError
from segaug.results.case_errors import CaseErrors, Cases


@dataclass(frozen=True, eq=False)
class CaseGrid:
    """S seeds, m sizes and K test cases, shared by all trials of the curve.

    A case is an image; of a measure per patient it is a patient, who is then the same as the one it shows.
    """

    values: Array  # (S, m, K); all cases of a trial that did not converge are NaN
    cases: tuple[str, ...]  # (K,)
    patients: tuple[str, ...]  # (K,) whom each case shows

    @property
    def patient_count(self) -> int:
        """P: the test cases are so many independent units."""
        return len(set(self.patients))


def case_grid(curve: CurveTrials, cases: Cases) -> CaseGrid | None:
    """The case errors of a curve's converged trials, in its order of seeds and sizes; None where a trial lacks one.

    cases: of the measure of its metric, by trial.  Raises DataError if its trials have different test cases.
    """
    rows = curve.table[curve.table["status"] == "ok"]
    of_trials = [cases.get(trial) for trial in rows["id"]]
    if not of_trials or any(errors is None for errors in of_trials):
        return None
    known = [errors for errors in of_trials if errors is not None]
    _refuse_different(curve, known)
    if any(len(errors.values) != len(errors.cases) or not np.isfinite(errors.values).all() for errors in known):
        return None
    column, row = np.searchsorted(curve.sizes, rows["size"]), np.searchsorted(curve.seeds, rows["seed"])
    values = np.full((*curve.errors.shape, len(known[0].cases)), np.nan)
    values[row, column] = [errors.values for errors in known]
    grid = curve.quantity.error_of(values) if curve.quantity else values
    return CaseGrid(grid, known[0].cases, known[0].patients)


def _refuse_different(curve: CurveTrials, known: list[CaseErrors]) -> None:
    first = known[0]
    if any(errors.cases is not first.cases and errors.cases != first.cases for errors in known):
        raise DataError(
            file=f"curve {curve.key}", problem="has trials with different test cases", fix="test all trials on the same"
        )
