"""How training went, and what it cost."""

from collections.abc import Iterator
from statistics import fmean

from markupsafe import Markup

from segaug.findings.numbers import number
from segaug.findings.phrases import listed
from segaug.report.blocks.by_task import by_task
from segaug.report.blocks.section import Block, Folded, Legend, Panels, Section
from segaug.report.curves import captions
from segaug.report.curves.histories import history_panel, validated
from segaug.report.look import svg
from segaug.report.pictures.joint_phase import joint_phase_panel
from segaug.report.study.study import Study, collect
from segaug.report.trials import times
from segaug.report.trials.budget import budget_table
from segaug.report.trials.joint_phases import JOINT_CAPTION, joint_phases
from segaug.report.trials.learned import learned_table


def section(study: Study) -> Section:
    """Validation histories, what was given and learned, and times."""
    panels = Panels(captions.histories_caption(study), by_task(study, _histories(study)))
    drawn: tuple[Block, ...] = (Legend(references=False), panels) if panels.count else ()
    before = learned_table(study)
    given = Folded("What each curve was given", (budget_table(study),), unfolded=before is not None)
    blocks = (*drawn, given, *((before,) if before else ()), *_joint_phases(study), times.time_table(study))
    return Section("training", "Training", "Training", blocks, finding=_finding(study))


def _finding(study: Study) -> str:
    """What a trial takes."""
    seconds = {
        name: fmean(record["seconds"] for record in records)
        for name, records in collect(study.trained, "strategy").items()
    }
    times_of_each = [f"{number(seconds[name])} s ({name})" for name in study.strategies if name in seconds]
    return f"A trial takes {listed(times_of_each)}; all of them took {times.hours(study)}."


def _histories(study: Study) -> Iterator[tuple[tuple[str, str], Markup]]:
    for index, (task, model) in enumerate(study.groups):
        if (figure := history_panel(study, task, model)) is not None:
            chart = svg.inline(figure, f"history{index}", f"{validated(study)} during training for {task}, {model}")
            yield (task, model), Markup(chart)


def _joint_phases(study: Study) -> tuple[Block, ...]:
    """A chart a phase, folded; nothing where no record tells of any."""
    charts: dict[tuple[str, str], list[Markup]] = {}
    for index, (place, title, phase) in enumerate(joint_phases(study)):
        figure = joint_phase_panel(phase, title)
        label = f"joint phase of the {phase.kind} for {title}"
        charts.setdefault(place, []).append(Markup(svg.inline(figure, f"joint{index}", label)))
    if not charts:
        return ()
    panels = Panels(JOINT_CAPTION, tuple(map(tuple, charts.values())), "by-measure")
    return (Folded(f"How generators were trained ({panels.count})", (panels,)),)
