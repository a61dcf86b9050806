"""Notes on which masks hold nothing, and which images are grey among coloured ones."""

from collections.abc import Sequence

from segaug.data.check.report import CaseReport, Note
from segaug.form import COLOUR, Form


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
