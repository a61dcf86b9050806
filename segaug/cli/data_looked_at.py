"""From a data set to the plain values that the page about it shows."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from segaug.cli.data_looked_at_copies import near_copies
from segaug.data.cases import IncompleteDatasetError
from segaug.data.check.report import CaseReport, Report
from segaug.data.check.shown import Shown, chosen_rows, shown
from segaug.data.pooled import Pooled
from segaug.data.rules.graders import graders_told
from segaug.data.task import Case as DataCase
from segaug.data.task import Dataset
from segaug.errors import DataError
from segaug.experiment.config.trial import Trial
from segaug.experiment.outside import checked
from segaug.report.dataset.looked_at import Case, LookedAt, NearCopies, Part, Site

_MOST_VALUES = 120  # images whose grey values are counted


def looked_at(trial: Trial, images: int, copies: bool) -> LookedAt:
    """Check the data set of a trial, and read some of its images again; raises where none of them can be shown.

    Of a pooled data set each source is a site.  copies: look for near copies?
    """
    dataset = trial.config.dataset
    cases, read_by = _listed(dataset)
    report = checked(trial)
    rows = chosen_rows(report, images)
    counted = {*rows, *range(0, len(cases), max(1, len(cases) // _MOST_VALUES))}
    seen = {row: one for row in sorted(counted) if (one := _shown(cases[row], read_by[row], report.cases[row]))}
    shown_cases = tuple(_case(seen[row], report.cases[row]) for row in rows if row in seen)
    if not shown_cases:
        first = report.problems[0] if report.problems else "it has no image with a mask"
        raise DataError(file=trial.task, problem=f"nothing can be shown ({first})", fix="`segaug data check` lists all")
    return LookedAt(
        name=trial.task,
        size=dataset.size,
        structures=dataset.form.structures,
        cases=shown_cases,
        sites=_sites(cases, report, seen),
        parts=tuple(
            Part(part.name, part.images, part.patients, part.foreground, part.foreground_at_size)
            for part in report.parts
        ),
        shares={
            name: [case.structures[name] for case in report.cases if case.structures]
            for name in dataset.form.structures
        },
        problems=report.problems,
        notes=(*_whose(dataset), *report.notes),
        copies=near_copies(cases, read_by) if copies else NearCopies("Not looked for: --no-copies."),
    )


def _listed(dataset: Dataset | Pooled) -> tuple[list[DataCase], list[Dataset]]:
    """All cases in the order and by the names of the check, and for each the data set that says how it is read."""
    if not isinstance(dataset, Pooled):
        cases = list(_cases(dataset))
        return cases, [dataset] * len(cases)
    pairs = [(_of_source(dataset, name, case), own) for name, own in dataset.sources.items() for case in _cases(own)]
    return [case for case, _ in pairs], [own for _, own in pairs]


def _whose(dataset: Dataset | Pooled) -> list[str]:
    """A sentence for each source with several graders: whose masks are shown, and trained on."""
    sources = dataset.sources if isinstance(dataset, Pooled) else {"": dataset}
    told = {name: graders_told(own) for name, own in sources.items()}
    return [f"{name}: {words}" if name else words for name, words in told.items() if words]


def _of_source(dataset: Pooled, name: str, case: DataCase) -> DataCase:
    if name == dataset.base:
        return replace(case, site=name)
    return replace(case, site=name, id=f"{name}/{case.id}", patient=f"{name}/{case.patient}")


def _cases(dataset: Dataset) -> Sequence[DataCase]:
    try:
        return dataset.cases()
    except IncompleteDatasetError as error:
        return error.cases


def _shown(case: DataCase, dataset: Dataset, seen: CaseReport) -> Shown | None:
    return shown(case, dataset, seen.part, seen.notes)


def _case(one: Shown, seen: CaseReport) -> Case:
    share = "mask not shown" if seen.foreground is None else f"{100 * seen.foreground:.1f} %"
    words = ", ".join([word for word in (one.part, one.site, share, *one.marks) if word])
    return Case(one.id, words, one.image, one.label, one.ignored)


def _sites(cases: Sequence[DataCase], report: Report, seen: dict[int, Shown]) -> tuple[Site, ...]:
    """Of each site, by name; images that cannot be read have no size."""
    names = sorted({case.site for case in cases})
    return tuple(
        _site(name, rows, cases, report, seen)
        for name in names
        if (rows := [row for row, case in enumerate(cases) if case.site == name and report.cases[row].shape])
    )


def _site(name: str, rows: list[int], cases: Sequence[DataCase], report: Report, seen: dict[int, Shown]) -> Site:
    shapes = [shape for row in rows if (shape := report.cases[row].shape)]
    sides = [side for row in rows for side in cases[row].pixel_mm or ()]
    values = [seen[row].values for row in rows if row in seen]
    shares = [report.cases[row].foreground for row in rows]
    return Site(
        name=name,
        images=len(rows),
        patients=len({cases[row].patient for row in rows}),
        rows=(min(shape[0] for shape in shapes), max(shape[0] for shape in shapes)),
        columns=(min(shape[1] for shape in shapes), max(shape[1] for shape in shapes)),
        pixel_mm=(min(sides), max(sides)) if sides else None,
        shares=[share for share in shares if share is not None],
        values=np.concatenate(values) if values else np.zeros(1),
    )
