"""The fitted laws as dots and as a table."""

from functools import partial

from markupsafe import Markup

from segaug.report import captions, svg, tables
from segaug.report.coefficients import coefficient_panel, coefficients_figure, fitted_groups
from segaug.report.section import Block, Folded, Items, Legend, Panels, Section
from segaug.report.study import Study


def section(study: Study) -> Section:
    """Coefficients with their intervals, and notes on single curves."""
    blocks: list[Block] = []
    panels = _coefficients(study)
    if panels.count:
        blocks += [Legend(references=False), panels]
    blocks.append(tables.coefficient_table(study))
    if notes := tables.curve_notes(study):
        blocks.append(Folded(f"Notes on single curves ({len(notes)})", (Items(notes),)))
    figures = {f"coefficients_{study.metric}": partial(coefficients_figure, study)} if panels.count else {}
    return Section("laws", "Fitted laws", "Laws", tuple(blocks), figures)


def _coefficients(study: Study) -> Panels:
    columns: dict[str, list[Markup]] = {}
    for index, (task, model) in enumerate(fitted_groups(study)):
        chart = svg.inline(coefficient_panel(study, task, model), f"abc{index}", f"a, b and c of {task}, {model}")
        columns.setdefault(task, []).append(Markup(chart))
    return Panels(captions.coefficients_caption(study), tuple(map(tuple, columns.values())))
