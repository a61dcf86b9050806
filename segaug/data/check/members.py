"""Notes on whose images these are, which masks hold nothing, and which images are grey among coloured ones."""

from collections.abc import Sequence

from segaug.data.cases import FileCase
from segaug.data.check.report import CaseReport, Note
from segaug.data.task import Case
from segaug.form import COLOUR, Form


def patients(cases: Sequence[Case]) -> list[Note]:
    """Where nobody has said whose images these are."""
    if _own_patients(cases):
        text = (
            "every image counts as a patient of its own; if patients have several images, set dataset.patient or "
            "dataset.patient_pattern, or scores will be too good"
        )
        return [Note(text)]
    unlabelled = [case for case in cases if not case.labelled]
    if unlabelled and _own_patients(unlabelled):
        text = (
            f"each of the {len(unlabelled)} images without a mask counts as a patient of its own; make sure that none "
            "shows a patient of the labelled images, or set a dataset.patient_pattern that fits the names of both"
        )
        return [Note(text)]
    return []


def empty_masks(seen: Sequence[CaseReport], form: Form) -> list[Note]:
    """Masks without the chosen structures, and without one of several."""
    notes = []
    if empty := sum(case.foreground == 0 for case in seen):
        notes.append(Note(f"{empty} masks hold none of the chosen structure{'s' * form.several}"))
    for name in form.structures if form.several else ():
        if lack := sum(case.structures is not None and case.structures[name] == 0 for case in seen):
            notes.append(Note(f"{lack} masks hold no {name}"))
    return notes


def grey_ones(seen: Sequence[CaseReport], form: Form) -> list[Note]:
    """Images that a task in colour has to repeat, where not all are such."""
    repeated = sum(case.grey is True for case in seen)
    if form.channels != COLOUR or not 0 < repeated < len(seen):
        return []
    return [Note(f"{repeated} of {len(seen)} images are stored grey; they are repeated to three channels")]


def _own_patients(cases: Sequence[Case]) -> bool:
    return all(isinstance(case, FileCase) and case.patient == case.id for case in cases)
