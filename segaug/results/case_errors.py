"""Measures of the single test cases of a trial."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segaug.results.by_way import Record, by_way


@dataclass(frozen=True, eq=False, slots=True)  # there is one for each trial
class CaseErrors:
    """One measure of one trial on each of K test cases."""

    cases: tuple[str, ...]  # (K,) images, or patients where these are what is scored
    patients: tuple[str, ...]  # (K,) whom each case shows; the case itself where that is not known
    values: NDArray[np.float64]  # (K,)


Cases = Mapping[str, CaseErrors]  # by trial id; a trial without the measure is not in it


def cases_of_records(records: Iterable[Record], key: str) -> dict[str, CaseErrors]:
    """Read them from records that are at hand, by each way of predicting; key: of the measure."""
    by_trial = {one["id"]: _case_errors(one, key) for record in records for one in by_way(record)}
    return {trial: errors for trial, errors in by_trial.items() if errors is not None}


def patients_of(cases: Mapping[str, Any]) -> Sequence[str]:
    """The patient of each case of a record; records that do not name them count each case as one."""
    return cases.get("patients", cases["ids"])


def _case_errors(record: Record, key: str) -> CaseErrors | None:
    """Of a measure per image its cases are images, of one per patient they are patients."""
    cases, of_patients = record["cases"] or {}, record.get("patient_cases") or {}
    if cases.get(key) is not None:
        return CaseErrors(tuple(cases["ids"]), tuple(patients_of(cases)), np.asarray(cases[key], dtype=float))
    if of_patients.get(key) is not None:
        patients = tuple(of_patients["patients"])
        return CaseErrors(patients, patients, np.asarray(of_patients[key], dtype=float))
    return None
