"""Look at every case of a dataset and collect every problem, where a run stops at the first."""

from collections.abc import Sequence
from dataclasses import replace

from segaug.data.cases import IncompleteDatasetError
from segaug.data.check.alignment import misplaced
from segaug.data.check.blank import blank_images
from segaug.data.check.look import Look, look
from segaug.data.check.members import empty_masks, grey_ones
from segaug.data.check.once import said_once
from segaug.data.check.parts import part_report
from segaug.data.check.patients import patients
from segaug.data.check.polarity import suspect_polarity
from segaug.data.check.proportions import enlarged, squeezed
from segaug.data.check.reduction import losses
from segaug.data.check.report import CaseReport, Note, Report
from segaug.data.check.rim import left_out, rims
from segaug.data.check.same_masks import equal_masks, images_of_masks
from segaug.data.check.wide import wide_ones
from segaug.data.decode import no_colour
from segaug.data.fitting import few_left, too_few_left
from segaug.data.foreground import NEEDED, without_foreground
from segaug.data.rules.intensity import ct_without_window
from segaug.data.sites import site_counts
from segaug.data.split import PARTS, leaks, split
from segaug.data.task import Case, Dataset, Split
from segaug.data.unlabelled import unlike_labelled
from segaug.errors import UserError
from segaug.form import COLOUR


def check(dataset: Dataset) -> Report:
    """Read all images, and all masks but those of external images.

    Raises only where nothing can be looked at: no folder, no table, wrong options.
    """
    cases, unlisted = _listed(dataset)
    parts, unsplit = _split(cases, dataset)
    side = {row: part for part in PARTS for row in getattr(parts, part)} if parts else {}
    looks = [look(case, dataset, side.get(row, "")) for row, case in enumerate(cases)]
    of_cases = [problem for each in looks for problem in each.problems]
    others = map(str, [*unlisted, *unsplit, *_of_set(cases, looks, parts, dataset)])
    notes = _notes(cases, looks, parts, dataset)
    seen = tuple(_marked(each.report, notes) for each in looks)
    return Report(
        form=dataset.form,
        cases=seen,
        parts=tuple(part_report(name, seen) for name in PARTS) if parts else (),
        problems=tuple(dict.fromkeys([*said_once(of_cases), *others])),
        notes=tuple(map(str, notes)),
        sites=site_counts([case.site for case in cases], parts, dataset.split.target) if parts else (),
    )


def _listed(dataset: Dataset) -> tuple[Sequence[Case], Sequence[UserError]]:
    try:
        return dataset.cases(), []
    except IncompleteDatasetError as error:
        return error.cases, error.problems


def _split(cases: Sequence[Case], dataset: Dataset) -> tuple[Split | None, list[UserError]]:
    try:
        return split(cases, dataset.split), []
    except UserError as error:
        return None, [UserError(f"{error} (masks were not opened, since it is open which images are external)")]


def _of_set(cases: Sequence[Case], looks: Sequence[Look], parts: Split | None, dataset: Dataset) -> list[UserError]:
    """What is wrong between cases, and with all of them together."""
    problems: list[UserError] = [*unlike_labelled(cases, [each.coloured for each in looks], dataset.form)]
    if parts:
        problems += leaks(cases, parts, [each.content for each in looks])
        problems += _without_foreground([each.report for each in looks], dataset)
        problems += too_few_left(cases, parts, dataset.split)
    if dataset.form.channels == COLOUR and looks and all(each.report.grey for each in looks):
        problems.append(no_colour())
    if any(dataset.intensity.needs_window(case.unit) for case in cases):
        problems.append(ct_without_window())
    return problems


def _without_foreground(seen: Sequence[CaseReport], dataset: Dataset) -> list[UserError]:
    """Masks that cannot be read have their own problem: nothing is said of a part that has one."""
    shares = {part: [case.foreground_at_size for case in seen if case.part == part] for part in NEEDED}
    holds = {part: [share is None or share > 0 for share in each] for part, each in shares.items()}
    return [*without_foreground(holds, dataset.form)]


def _notes(cases: Sequence[Case], looks: Sequence[Look], parts: Split | None, dataset: Dataset) -> list[Note]:
    seen = [each.report for each in looks]
    shapes = {case.id: case.shape for case in seen if case.shape}
    extents = {each.report.id: each.extent for each in looks if each.extent}
    ignored = dataset.ignored() if dataset.form.ignored else ()
    chosen = tuple(value for values in dataset.foreground() for value in values)
    return [
        *map(Note, few_left(cases, parts, dataset.split) if parts else ()),
        *map(Note, dataset.remarks()),
        *patients(cases),
        *empty_masks(seen, dataset.form),
        *grey_ones(seen, dataset.form),
        *wide_ones([each.wide for each in looks], dataset.intensity),
        *blank_images([each.report.id for each in looks if each.blank], len(looks)),
        *images_of_masks([each.report.id for each in looks if each.shows_mask], len(looks)),
        *equal_masks([(each.report.id, each.report.patient, each.mask_content) for each in looks if each.extent]),
        *suspect_polarity(extents),
        *left_out([each.ignored for each in looks if each.ignored is not None], ignored),
        *rims([each.report.id for each in looks if each.rim], len(extents), chosen),
        *misplaced([(each.report.id, each.outline) for each in looks if each.report.labelled]),
        *squeezed(shapes, dataset.crop),
        *enlarged(shapes, dataset.crop, dataset.size),
        *losses([each.reduced for each in looks if each.reduced], dataset.size),
    ]


def _marked(case: CaseReport, notes: Sequence[Note]) -> CaseReport:
    """With the marks of the notes that name it."""
    marks = tuple(note.mark for note in notes if note.mark and case.id in note.ids)
    return replace(case, notes=marks, verdict=case.verdict if case.problems or not marks else "note")
