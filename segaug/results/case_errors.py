"""Measures of the single test cases of a trial."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

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


def cases_of_records(records: Sequence[Record], measure: Measure) -> dict[str, CaseErrors]:
    """Read them from records that are at hand."""
    found = {record["id"]: record["cases"] for record in records}
    return {
        trial: case_errors(*case_lists(cases), np.asarray(cases[measure], dtype=float))
        for trial, cases in found.items()
        if cases and cases[measure]
    }


def case_lists(cases: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """Case ids and patients of a record as text: the same text for all trials of a task."""
    return json.dumps(cases["ids"]), json.dumps(cases.get("patients", cases["ids"]))


def case_errors(cases: str, patients: str, values: NDArray[np.float64]) -> CaseErrors:
    """Undo `case_lists`; trials of one task share the tuples."""
    return CaseErrors(_names(cases), _names(patients), values)


@cache
def _names(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
