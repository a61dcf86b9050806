"""Errors against N, with the fitted laws."""

from functools import partial

from markupsafe import Markup

from segaug.report import captions
from segaug.report.charts import chart
from segaug.report.figures import curves_figure
from segaug.report.section import Legend, Panels, Section
from segaug.report.study import Study


def section(study: Study) -> Section:
    """A column a task, its models below each other."""
    columns: dict[str, list[Markup]] = {}
    for index, (task, _) in enumerate(study.groups):
        columns.setdefault(task, []).append(chart(study, study.measure, index, law=True))
    panels = Panels(captions.curves_caption(study), tuple(map(tuple, columns.values())))
    return Section(
        "curves",
        f"Error against labelled {study.counted}",
        "Curves",
        (Legend(), panels),
        figures={f"curves_{study.metric}": partial(curves_figure, study, study.measure)},
    )
