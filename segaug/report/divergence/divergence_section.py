"""How often training diverged, and what that may hide."""

from functools import partial

from markupsafe import Markup

from segaug.findings.phrases import listed
from segaug.report.blocks.by_task import by_task
from segaug.report.blocks.section import Legend, Panels, Section, Text
from segaug.report.divergence.divergence_figure import divergence_figure, divergence_panel
from segaug.report.divergence.rates import RULE, divergence_caption, divergence_table, diverging_groups
from segaug.report.look import svg
from segaug.report.study.study import Study, collect


def section(study: Study) -> Section:
    """Rates where anything diverged, else one sentence."""
    groups, finding = diverging_groups(study), _finding(study)
    if not groups:
        return Section("divergence", "Divergence", "Divergence", (Text(RULE),), finding=finding)
    charts = by_task(study, ((group, _chart(study, index, *group)) for index, group in enumerate(groups)))
    blocks = (Legend(references=False), Panels(divergence_caption(study), charts), divergence_table(study))
    figures = {"divergence": partial(divergence_figure, study)}
    return Section("divergence", "Divergence", "Divergence", blocks, figures, finding=finding)


def _finding(study: Study) -> str:
    """How many trials, and whose."""
    if not study.diverged:
        return f"None of the {len(study.trained):,} trials that came to an end diverged."
    counts = {name: len(trials) for name, trials in collect(study.diverged, "strategy").items()}
    of_each = [f"{name} {counts[name]}" for name in study.strategies if name in counts]
    return f"{len(study.diverged):,} of {len(study.trained):,} trials diverged: {listed(of_each)}."


def _chart(study: Study, index: int, task: str, model: str) -> Markup:
    figure, tooltips = divergence_panel(study, task, model)
    return Markup(svg.inline(figure, f"rate{index}", f"share of diverged trials of {task}, {model}", tooltips))
