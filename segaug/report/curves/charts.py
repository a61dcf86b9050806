"""Panels, ready for the page."""

from markupsafe import Markup

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.report.curves.figures import overview_panel
from segaug.report.curves.single_curve import single_panel
from segaug.report.look import svg
from segaug.report.study.measure import Measure
from segaug.report.study.study import Study


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
