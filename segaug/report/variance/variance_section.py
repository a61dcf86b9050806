"""Where the spread comes from: more seeds, or more test images?"""

from collections.abc import Sequence

from markupsafe import Markup

from segaug.report.blocks.by_task import by_task
from segaug.report.blocks.section import Folded, Items, Panels, Section
from segaug.report.look import svg
from segaug.report.marks.signs import key
from segaug.report.study.study import Study
from segaug.report.variance.sources import Limit, limits, variance_caption, variance_groups, variance_table
from segaug.report.variance.variance_figure import variance_panel, variance_signs


def section(study: Study) -> Section | None:
    """None where no curve has two trials of a size with errors of single test cases."""
    groups = variance_groups(study)
    if not groups:
        return None
    limiting = limits(study)
    charts = by_task(study, ((group, _chart(study, index, *group)) for index, group in enumerate(groups)))
    blocks = (
        key(variance_signs(), "source"),
        Panels(variance_caption(study), charts),
        Items(tuple(map(str, limiting))),
        Folded("Every curve as a table", (variance_table(study),)),
    )
    return Section("variance", "Where the spread comes from", "Spread", blocks, finding=_finding(limiting))


def _finding(limits: Sequence[Limit]) -> str:
    """What would make the means more precise."""
    if len(limits) == 1:
        return f"At N = {limits[0].size} the mean error is known to {limits[0].percent:.2g} %: {limits[0].advice}."
    cases = sum(limit.by_cases for limit in limits)
    return f"At the largest N, test cases limit {cases} of {len(limits)} means, and seeds the others."


def _chart(study: Study, index: int, task: str, model: str) -> Markup:
    figure = variance_panel(study, task, model)
    return Markup(svg.inline(figure, f"variance{index}", f"sources of spread of {task}, {model}"))
