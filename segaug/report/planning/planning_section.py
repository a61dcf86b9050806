"""What more seeds or sizes would tell."""

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from segaug.findings.numbers import from_to
from segaug.findings.phrases import counted
from segaug.report.blocks.by_task import by_task
from segaug.report.blocks.section import Block, Draw, Items, Panels, Section
from segaug.report.blocks.tables import Table
from segaug.report.look import svg
from segaug.report.marks.signs import key
from segaug.report.planning.forecasts import RATIO, Forecasts, effect_table, forecasts, planning_caption, planning_notes
from segaug.report.planning.planning_figure import planning_figure, planning_panel, planning_signs
from segaug.report.study.study import Study


def section(study: Study) -> Section | None:
    """None where nothing can be said about more trials."""
    groups, effects = forecasts(study), effect_table(study)
    if not groups and not effects.rows:
        return None
    blocks: list[Block] = []
    figures: dict[str, Draw] = {}
    if groups:
        charts = by_task(
            study, (((group.task, group.model), _chart(study, index, group)) for index, group in enumerate(groups))
        )
        blocks += [key(planning_signs(groups), "design"), Panels(planning_caption(study), charts)]
        figures[f"planning_{study.measured.stem}"] = partial(planning_figure, study, groups, planning_caption(study))
    if notes := planning_notes(study, groups):
        blocks.append(Items(notes))
    if effects.rows:
        blocks.append(effects)
    finding = _finding(effects, groups)
    return Section("planning", "What more trials would tell", "Planning", tuple(blocks), figures, finding=finding)


def _finding(effects: Table, groups: Sequence[Forecasts]) -> str:
    """Seeds for a difference worth seeing."""
    seeds = [int(row[-1]) for row in effects.rows]
    if not seeds:
        return f"What {counted(len(groups), 'baseline')} would tell with more seeds or sizes."
    return f"To see {100 * (1 - RATIO):g} % less error takes {from_to(seeds)} seeds per size."


def _chart(study: Study, index: int, group: Forecasts) -> Markup:
    label = f"chance of an identified floor and half width of E against seeds for {group.task}, {group.model}"
    return Markup(svg.inline(planning_panel(study, group), f"planning{index}", label))
