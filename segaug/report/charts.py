"""Panels, ready for the page."""

from collections.abc import Iterable

from markupsafe import Markup

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.report import svg
from segaug.report.figures import overview_panel
from segaug.report.measure import Measure
from segaug.report.single_curve import single_panel
from segaug.report.study import Study


def overview_chart(study: Study, measure: Measure, task: str, model: str, place: str, laws: bool = False) -> Markup:
    """All strategies of one task and model.  place: start of its id on the page."""
    figure, tooltips = overview_panel(study, measure, task, model, laws)
    key = f"{place}{study.groups.index((task, model))}"
    return Markup(svg.inline(figure, key, f"{measure.name} against N for {task}, {model}", tooltips))


def single_chart(study: Study, curve: CurveFit) -> Markup:
    """One curve."""
    figure, tooltips = single_panel(study, curve)
    label = f"{study.measured.fitted_of(curve.task).name} against N for {', '.join(curve.key)}"
    return Markup(svg.inline(figure, f"curve{study.fits.index(curve)}", label, tooltips))


def by_task(study: Study, charts: Iterable[tuple[tuple[str, str], Markup]]) -> tuple[tuple[Markup, ...], ...]:
    """Columns, one a task, its models below each other.  charts: of (task, model), in the order of the study."""
    columns: dict[str, list[Markup]] = {task: [] for task in study.tasks}
    for (task, _), chart in charts:
        columns[task].append(chart)
    return tuple(tuple(column) for column in columns.values() if column)
