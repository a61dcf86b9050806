"""Panels of curves, ready for the page."""

from markupsafe import Markup

from segaug.report import svg
from segaug.report.figures import curve_panel
from segaug.report.measure import Measure
from segaug.report.study import Study


def chart(study: Study, measure: Measure, index: int, law: bool) -> Markup:
    """The panel of one (task, model), with a tooltip for each trial where the law is drawn."""
    task, model = study.groups[index]
    figure, tooltips = curve_panel(study, measure, task, model, law)
    key = f"{'law' if law else measure.key}{index}"
    return Markup(svg.inline(figure, key, f"{measure.name} against N for {task}, {model}", tooltips))
