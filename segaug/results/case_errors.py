"""Measures of the single test cases of a trial."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from segaug.results.trial_row import Record

Measure = Literal["bce", "bce_recalibrated", "dice", "hd95"]
MEASURES: tuple[Measure, ...] = get_args(Measure)


@dataclass(frozen=True, eq=False)
class CaseErrors:
    """One measure of one trial on each of K test cases."""

    cases: tuple[str, ...]  # (K,)
    patients: tuple[str, ...]  # (K,) whom each case shows; the case itself where that is not known
    values: NDArray[np.float64]  # (K,)


Cases = Mapping[str, CaseErrors]  # by trial id; a trial without the measure is not in it


def cases_of_records(records: Iterable[Record], measure: Measure) -> dict[str, CaseErrors]:
    """Read them from records that are at hand."""
    found = {record["id"]: record["cases"] for record in records}
    return {
        trial: CaseErrors(tuple(cases["ids"]), tuple(patients_of(cases)), np.asarray(cases[measure], dtype=float))
        for trial, cases in found.items()
        if cases and cases[measure] is not None
    }


def patients_of(cases: Mapping[str, Any]) -> Sequence[str]:
    """The patient of each case of a record; records that do not name them count each case as one."""
    return cases.get("patients", cases["ids"])
