"""Images without a mask: what may not stand among them."""

from collections.abc import Iterable, Sequence

from segaug.data.cases import FileCase
from segaug.data.task import Case
from segaug.errors import DataError
from segaug.form import GREY, Form

KEY = "dataset.unlabelled"
_REMOVE = f"remove it from the folder of {KEY}"


def of_new_patients(
    unlabelled: Iterable[FileCase], labelled: Iterable[FileCase]
) -> tuple[list[FileCase], list[DataError]]:
    """The images whose patient and name no labelled image has, and an error for each of the others.

    Those of the external part count as labelled too: which images these are changes with the sizes of the split.
    """
    labelled = list(labelled)
    patients, names = {case.patient: case for case in labelled}, {case.id: case for case in labelled}
    new: list[FileCase] = []
    refused: list[DataError] = []
    for case in unlabelled:
        fix = f"{_REMOVE}, or rename it if it shows another patient"
        if case.id in names:
            refused.append(labelled_too(case, "the same name", names[case.id], fix))
        elif case.patient in patients:
            refused.append(labelled_too(case, f"the same patient ({case.patient})", patients[case.patient], fix))
        else:
            new.append(case)
    return new, refused


def labelled_too(image: Case, what: str, labelled: Case, fix: str = _REMOVE) -> DataError:
    """What to say of an image without a mask that shares something with a labelled one."""
    return DataError(file=image.location, problem=f"has {what} as {labelled.location}, which is labelled", fix=fix)


def no_mask(file: object) -> DataError:
    """What to say where the mask of such an image is asked for."""
    return DataError(file=file, problem="has no mask", fix="use it as an external image, whose mask is never opened")


def unlike_labelled(cases: Sequence[Case], coloured: Sequence[bool], form: Form) -> list[DataError]:
    """Images without a mask that are in colour, where grey is asked for and all labelled images are grey.

    Where labelled images are in colour, these become grey as they do: they come from one source.  coloured: of each
    case, do its channels differ?
    """
    pairs = list(zip(cases, coloured, strict=True))
    if form.channels != GREY or any(colour for case, colour in pairs if case.labelled):
        return []
    problem = "is in colour, but the task is grey (dataset.colour=false), and so are all labelled images"
    fix = f"save it as grey, or {_REMOVE}"
    return [DataError(file=case.location, problem=problem, fix=fix) for case, colour in pairs if colour]
