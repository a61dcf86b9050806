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
    found = [cases.get(trial) for trial in rows["id"]]
    if not found or any(one is None for one in found):
        return None
    known = [one for one in found if one is not None]
    _refuse_different(curve, known)
    if any(len(one.values) != len(one.cases) or not np.isfinite(one.values).all() for one in known):
        return None
    column, row = np.searchsorted(curve.sizes, rows["size"]), np.searchsorted(curve.seeds, rows["seed"])
    values = np.full((*curve.errors.shape, len(known[0].cases)), np.nan)
    values[row, column] = [one.values for one in known]
    errors = curve.quantity.error_of(values) if curve.quantity else values
    return CaseGrid(errors, known[0].cases, known[0].patients)


def _refuse_different(curve: CurveTrials, found: list[CaseErrors]) -> None:
    first = found[0]
    if any(one.cases is not first.cases and one.cases != first.cases for one in found):
        raise DataError(
            file=f"curve {curve.key}", problem="has trials with different test cases", fix="test all trials on the same"
        )
