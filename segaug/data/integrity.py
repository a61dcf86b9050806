"""Look at every case of a dataset and collect every problem, where a run stops at the first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.decode import no_colour
from segaug.data.pixels import content_hash, crop_centre, in_channels, in_colour, mask_values, stored_pixels
from segaug.data.sites import SiteCount, site_counts
from segaug.data.split import PARTS, leaks, split
from segaug.data.task import Case, Dataset, Split
from segaug.data.unlabelled import unlike_labelled
from segaug.errors import DataError, UserError
from segaug.form import COLOUR, Form


@dataclass(frozen=True)
class CaseReport:
    """What was seen of one image and its mask; problems are sentences that name file, cause and fix."""

    id: str
    patient: str
    part: str  # "test" | "validation" | "external" | "pool", or "" if the dataset cannot be split
    labelled: bool  # False: it has no mask
    shape: tuple[int, int] | None  # (rows, columns) as stored; None if unreadable
    foreground: float | None  # share of the pixels (after the crop); None if the mask was not opened or unreadable
    structures: dict[str, float] | None  # the same of each chosen structure
    grey: bool | None  # stored with one channel; None if unreadable
    problems: tuple[str, ...]
    verdict: Literal["ok", "problem"]


@dataclass(frozen=True)
class PartReport:
    """One part of the split."""

    name: str
    images: int
    patients: int
    unlabelled: int  # images that have no mask
    foreground: float | None  # mean share over the masks that were read
    structures: dict[str, float] | None  # the same of each chosen structure
    empty: int  # masks without foreground


@dataclass(frozen=True)
class Report:
    """Outcome of a check.  problems: of single cases and of the dataset as a whole, each sentence once."""

    form: Form
    cases: tuple[CaseReport, ...]
    parts: tuple[PartReport, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]  # no errors, but worth knowing
    sites: tuple[SiteCount, ...]  # of a task with target sites; empty without


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
    seen = tuple(report for report, _, _ in looks)
    problems += map(str, unlike_labelled(cases, [coloured for _, _, coloured in looks], dataset.form))
    if parts:
        problems += map(str, leaks(cases, parts, [content for _, content, _ in looks]))
    if dataset.form.channels == COLOUR and seen and all(report.grey for report in seen):
        problems.append(str(no_colour()))
    of_cases = [problem for report in seen for problem in report.problems]
    return Report(
        form=dataset.form,
        cases=seen,
        parts=tuple(_part(name, seen) for name in PARTS) if parts else (),
        problems=tuple(dict.fromkeys([*of_cases, *problems])),
        notes=_notes(cases, seen, dataset.form),
        sites=site_counts([case.site for case in cases], parts, dataset.split.target) if parts else (),
    )


def _listed(dataset: Dataset) -> tuple[Sequence[Case], list[str]]:
    try:
        return dataset.cases(), []
    except IncompleteDatasetError as error:
        return error.cases, [str(problem) for problem in error.problems]


def _look(case: Case, dataset: Dataset, part: str) -> tuple[CaseReport, str, bool]:
    """The report of one case, the hash of its pixels (its id where the image cannot be read), and: is it in colour?"""
    problems, shape, grey, content, shares, coloured = [], None, None, f"unreadable {case.id}", None, False
    try:
        stored = stored_pixels(case)
        shape, grey = (stored.shape[0], stored.shape[1]), stored.ndim == 2
        coloured = in_colour(stored)
        content = content_hash(in_channels(stored, dataset.form.channels))
        crop_centre(stored, dataset.crop, case.location)
    except DataError as error:
        problems.append(str(error))
    if part not in ("", "external"):
        try:
            mask = mask_values(case, dataset.values(), shape)
            shares = _shares(crop_centre(mask, dataset.crop, case.location), dataset)
        except DataError as error:
            problems.append(str(error))
    unique = tuple(dict.fromkeys(problems))
    verdict: Literal["ok", "problem"] = "problem" if unique else "ok"
    foreground = None if shares is None else sum(shares.values())
    report = CaseReport(case.id, case.patient, part, case.labelled, shape, foreground, shares, grey, unique, verdict)
    return report, content, coloured


def _shares(mask: np.ndarray, dataset: Dataset) -> dict[str, float]:
    """Share of the pixels of each structure."""
    structures = zip(dataset.form.structures, dataset.foreground(), strict=True)
    return {name: float(np.isin(mask, values).mean()) for name, values in structures}


def _own_patients(cases: Sequence[Case]) -> bool:
    return all(isinstance(case, FileCase) and case.patient == case.id for case in cases)


def _part(name: str, cases: Sequence[CaseReport]) -> PartReport:
    inside = [case for case in cases if case.part == name]
    shares = [case.foreground for case in inside if case.foreground is not None]
    of_each = [case.structures for case in inside if case.structures is not None]
    mean = float(np.mean(shares)) if shares else None
    each = {key: float(np.mean([one[key] for one in of_each])) for key in of_each[0]} if of_each else None
    patients = len({case.patient for case in inside})
    unlabelled = sum(not case.labelled for case in inside)
    return PartReport(name, len(inside), patients, unlabelled, mean, each, Counter(shares)[0.0])


def _notes(cases: Sequence[Case], seen: Sequence[CaseReport], form: Form) -> tuple[str, ...]:
    notes = []
    if _own_patients(cases):
        notes.append(
            "every image counts as a patient of its own; if patients have several images, set dataset.patient or "
            "dataset.patient_pattern, or scores will be too good"
        )
    elif (unlabelled := [case for case in cases if not case.labelled]) and _own_patients(unlabelled):
        notes.append(
            f"each of the {len(unlabelled)} images without a mask counts as a patient of its own; make sure that none "
            "shows a patient of the labelled images, or set a dataset.patient_pattern that fits the names of both"
        )
    empty = sum(report.foreground == 0 for report in seen)
    if empty:
        notes.append(f"{empty} masks hold none of the chosen structure{'s' * form.several}")
    for name in form.structures if form.several else ():
        lack = sum(report.structures is not None and report.structures[name] == 0 for report in seen)
        if lack:
            notes.append(f"{lack} masks hold no {name}")
    repeated = sum(report.grey is True for report in seen)
    if form.channels == COLOUR and 0 < repeated < len(seen):
        notes.append(f"{repeated} of {len(seen)} images are stored grey; they are repeated to three channels")
    return tuple(notes)
