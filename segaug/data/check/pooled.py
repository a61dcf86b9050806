"""Look at every case of every source, and at what the sources have in common and do not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from segaug.data.check.check import check
from segaug.data.check.report import CaseReport, PartReport, Report
from segaug.data.decode import no_colour
from segaug.data.pooled import Pooled
from segaug.data.pooled_differences import SourceFacts, differences
from segaug.data.pooled_leaks import placed, shared_across
from segaug.data.pooled_overlaps import shared_patients
from segaug.data.pooled_task import pooled_task
from segaug.data.tensors import load_sources

_SHOWN_PATIENTS = 3


@dataclass(frozen=True)
class PooledReport(Report):
    """Outcome of a check of several sources; ids and patients of added ones begin with `NAME/`, as in trials."""

    sources: tuple[SourceFacts, ...]  # empty where there is a problem


def check_pooled(dataset: Pooled, cache: Path | None) -> PooledReport:
    """As `check.check`, of each source and then of them together.  cache: of decoded copies, as in `load_task`."""
    reports = {name: check(source) for name, source in dataset.sources.items()}
    problems = [f"{name}: {problem}" for name, report in reports.items() for problem in _of_source(report)]
    if all(str(no_colour()) in report.problems for report in reports.values()):
        problems.append(str(no_colour()))
    sources: tuple[SourceFacts, ...] = ()
    if not problems:
        tasks = load_sources(dataset, cache)
        used = [image for name, task in tasks.items() for image in placed(dataset, name, task)]
        problems += map(str, shared_across(used))
        if not problems:
            sources = differences(dataset, pooled_task(dataset, tasks))
    return PooledReport(
        form=dataset.form,
        cases=tuple(case for name, report in reports.items() for case in _cases(dataset, name, report)),
        parts=tuple(part for name, report in reports.items() for part in _parts(dataset, name, report)),
        problems=tuple(problems),
        notes=(
            *(f"{one} and {other} show some of the same patients" for one, other in shared_patients(dataset.sources)),
            *(f"{name}: {note}" for name, report in reports.items() for note in report.notes),
            *_same_patients(reports),
        ),
        sites=reports[dataset.base].sites if not dataset.target else (),
        sources=sources,
    )


def _of_source(report: Report) -> list[str]:
    """Its problems; to be grey is none beside another source in colour."""
    return [problem for problem in report.problems if problem != str(no_colour())]


def _cases(dataset: Pooled, name: str, report: Report) -> tuple[CaseReport, ...]:
    if name == dataset.base:
        return report.cases
    return tuple(replace(case, id=f"{name}/{case.id}", patient=f"{name}/{case.patient}") for case in report.cases)


def _parts(dataset: Pooled, name: str, report: Report) -> tuple[PartReport, ...]:
    """The parts of a source that are used; of which source they are, but for those of the joint task."""
    used = [part for part in report.parts if dataset.uses(name, part.name)]
    own = {"test": dataset.tested, "validation": dataset.tested, "external": dataset.base, "pool": dataset.base}
    return tuple(part if own[part.name] == name else replace(part, name=f"{part.name} of {name}") for part in used)


def _same_patients(reports: Mapping[str, Report]) -> tuple[str, ...]:
    """Ids that name a patient in several sources."""
    of_source = [{case.patient for case in report.cases} for report in reports.values()]
    shared = sorted(
        {patient for place, own in enumerate(of_source) for other in of_source[:place] for patient in own & other}
    )
    if not shared:
        return ()
    names = ", ".join(shared[:_SHOWN_PATIENTS]) + (", ..." if len(shared) > _SHOWN_PATIENTS else "")
    count = "1 patient id is" if len(shared) == 1 else f"{len(shared)} patient ids are"
    return (
        f"{count} used in several sources ({names}); they are taken for different patients, and kept apart by the name "
        "of the source",
    )
