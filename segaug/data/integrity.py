"""Look at every case of a dataset and collect every problem, where a run stops at the first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.pixels import content_hash, crop_centre, grey_pixels, mask_values
from segaug.data.split import PARTS, leaks, split
from segaug.data.task import Case, Dataset, Split
from segaug.errors import DataError, UserError


@dataclass(frozen=True)
class CaseReport:
    """What was seen of one image and its mask; problems are sentences that name file, cause and fix."""

    id: str
    patient: str
    part: str  # "test" | "validation" | "external" | "pool", or "" if the dataset cannot be split
    shape: tuple[int, int] | None  # (rows, columns) as stored; None if unreadable
    foreground: float | None  # share of the pixels (after the crop); None if the mask was not opened or unreadable
    problems: tuple[str, ...]
    verdict: Literal["ok", "problem"]


@dataclass(frozen=True)
class PartReport:
    """One part of the split."""

    name: str
    images: int
    patients: int
    foreground: float | None  # mean share over the masks that were read
    empty: int  # masks without foreground


@dataclass(frozen=True)
class Report:
    """Outcome of a check.  problems: of single cases and of the dataset as a whole, each sentence once."""

    cases: tuple[CaseReport, ...]
    parts: tuple[PartReport, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]  # no errors, but worth knowing


def check(dataset: Dataset) -> Report:
    """Read all images, and all masks but those of external images.

    Raises only where nothing can be looked at: no folder, no table, wrong options.
    """
    cases, problems = _listed(dataset)
    parts: Split | None = None
    try:
        parts = split(cases, dataset.split)
    except UserError as error:
        problems.append(f"{error} (masks were not opened, since it is open which images are external)")
    side = {row: part for part in PARTS for row in getattr(parts, part)} if parts else {}
    looks = [_look(case, dataset, side.get(row, "")) for row, case in enumerate(cases)]
    seen = tuple(report for report, _ in looks)
    if parts:
        problems += map(str, leaks(cases, parts, [content for _, content in looks]))
    of_cases = [problem for report in seen for problem in report.problems]
    return Report(
        cases=seen,
        parts=tuple(_part(name, seen) for name in PARTS) if parts else (),
        problems=tuple(dict.fromkeys([*of_cases, *problems])),
        notes=_notes(cases, seen),
    )


def _listed(dataset: Dataset) -> tuple[Sequence[Case], list[str]]:
    try:
        return dataset.cases(), []
    except IncompleteDatasetError as error:
        return error.cases, [str(problem) for problem in error.problems]


def _look(case: Case, dataset: Dataset, part: str) -> tuple[CaseReport, str]:
    """The report of one case and the hash of its grey pixels (its id where the image cannot be read)."""
    problems, shape, content, share = [], None, f"unreadable {case.id}", None
    try:
        grey = grey_pixels(case)
        shape, content = (grey.shape[0], grey.shape[1]), content_hash(grey)
        crop_centre(grey, dataset.crop, case.location)
    except DataError as error:
        problems.append(str(error))
    if part not in ("", "external"):
        try:
            mask = mask_values(case, dataset.values(), shape)
            share = float(np.isin(crop_centre(mask, dataset.crop, case.location), dataset.foreground()).mean())
        except DataError as error:
            problems.append(str(error))
    unique = tuple(dict.fromkeys(problems))
    verdict: Literal["ok", "problem"] = "problem" if unique else "ok"
    return CaseReport(case.id, case.patient, part, shape, share, unique, verdict), content


def _part(name: str, cases: Sequence[CaseReport]) -> PartReport:
    inside = [case for case in cases if case.part == name]
    shares = [case.foreground for case in inside if case.foreground is not None]
    mean = float(np.mean(shares)) if shares else None
    patients = len({case.patient for case in inside})
    return PartReport(name, len(inside), patients, mean, Counter(shares)[0.0])


def _notes(cases: Sequence[Case], seen: Sequence[CaseReport]) -> tuple[str, ...]:
    notes = []
    if all(isinstance(case, FileCase) and case.patient == case.id for case in cases):
        notes.append(
            "every image counts as a patient of its own; if patients have several images, set dataset.patient or "
            "dataset.patient_pattern, or scores will be too good"
        )
    empty = sum(report.foreground == 0 for report in seen)
    if empty:
        notes.append(f"{empty} masks hold none of the chosen structure")
    return tuple(notes)
