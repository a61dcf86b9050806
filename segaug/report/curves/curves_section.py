"""Errors against N, with the fitted laws: all strategies together, then each curve by itself."""

from collections import Counter
from functools import partial

from segaug.report.blocks.by_task import by_task
from segaug.report.blocks.section import Block, Draw, Folded, Legend, Panels, Section, Text
from segaug.report.curves import captions
from segaug.report.curves.charts import overview_chart, single_chart
from segaug.report.curves.figures import laws_figure
from segaug.report.curves.single_curve import single_figure, single_signs
from segaug.report.look.palette import LIGHT
from segaug.report.marks.signs import key
from segaug.report.study.study import Study

_MOST_OPEN = 24  # panels of single curves that are shown without being asked for


def section(study: Study) -> Section:
    """A column a task, its models below each other; then a row of curves for each task and model."""
    fitted = study.measured.fitted_of
    charts = (
        (group, overview_chart(study, fitted(group[0]), *group, "law", laws=True)) for group in study.fitted_groups
    )
    panels = Panels(captions.overview_caption(study), by_task(study, charts))
    return Section(
        "curves",
        f"Error against labelled {study.counted}",
        "Curves",
        (Legend(), panels, *_without(study), _single(study)),
        figures={f"curves_{study.measured.stem}": _overview(study), **_singles(study)},
    )


def _without(study: Study) -> list[Block]:
    """Whom the figure lacks."""
    lacking = [study.title(*group) for group in study.groups if group not in study.fitted_groups]
    return [Text(f"No trial has measured {study.measured.name}: {', '.join(lacking)}.")] if lacking else []


def _single(study: Study) -> Block:
    rows = tuple(
        tuple(single_chart(study, curve) for curve in study.curves_of(*group).values()) for group in study.fitted_groups
    )
    blocks = (key(single_signs(LIGHT["muted"]), "single"), Panels(captions.single_caption(study), rows, "by-curve"))
    count, shown = sum(map(len, rows)), captions.trials_drawn(study)
    return Folded(f"Each curve by itself, with {shown} ({count})", blocks, unfolded=count <= _MOST_OPEN)


def _overview(study: Study) -> Draw:
    return partial(laws_figure, study, captions.overview_note(study, laws=True))


def _singles(study: Study) -> dict[str, Draw]:
    note, groups = captions.single_note(study), study.fitted_groups
    joined = Counter("_".join(group) for group in groups)
    names = {group: "_".join(group) if joined["_".join(group)] == 1 else "/".join(group) for group in groups}
    return {
        f"curves_{study.measured.stem}_{names[group]}": partial(single_figure, study, *group, note) for group in groups
    }
