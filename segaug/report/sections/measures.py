"""BCE, recalibrated BCE and Dice side by side, whatever the laws are fitted to."""

from functools import partial

from segaug.report import captions, tables
from segaug.report.charts import overview_chart
from segaug.report.figures import overview_figure
from segaug.report.measure import BCE, DICE, RECALIBRATED
from segaug.report.section import Folded, Legend, Panels, Section
from segaug.report.study import Study

MEASURES = (BCE, RECALIBRATED, DICE)


def section(study: Study) -> Section:
    """A row a task and model, its measures side by side."""
    rows = tuple(
        tuple(overview_chart(study, measure, *group, laws=False) for measure in MEASURES) for group in study.groups
    )
    return Section(
        "measures",
        "BCE beside Dice and recalibrated BCE",
        "Dice, recalibrated BCE",
        (
            Legend(),
            Panels(captions.measures_caption(study, MEASURES), rows, "by-measure"),
            Folded("All measures as a table", (tables.measure_table(study),)),
        ),
        figures={
            f"curves_{measure.key}": partial(overview_figure, study, measure, captions.overview_note(study, measure))
            for measure in MEASURES
            if measure != study.measure
        },
    )
