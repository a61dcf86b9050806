"""BCE, recalibrated BCE and Dice side by side, whatever the laws are fitted to, and where they disagree."""

from functools import partial

from segaug.report import captions, tables
from segaug.report.charts import overview_chart
from segaug.report.figures import overview_figure
from segaug.report.measure import BCE, DICE, RECALIBRATED
from segaug.report.metric_orders import contradictions, fits_by_metric, one_sided, order_table
from segaug.report.section import Block, Folded, Heading, Items, Legend, Panels, Section, Text
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
            *_orders(study),
            Folded("All measures as a table", (tables.measure_table(study),)),
        ),
        figures={
            f"curves_{measure.key}": partial(overview_figure, study, measure, captions.overview_note(study, measure))
            for measure in MEASURES
            if measure != study.measure
        },
    )


def _orders(study: Study) -> list[Block]:
    """Where metrics disagree; nothing where there are no two metrics or strategies to compare."""
    fits = fits_by_metric(study)
    if len(fits) < 2 or len(study.strategies) < 2:
        return []
    opposed, unclear = contradictions(study, fits), one_sided(study, fits)
    blocks: list[Block] = [Heading("Do the metrics agree on the strategies?"), Text(captions.orders_text(len(opposed)))]
    if opposed:
        blocks.append(Items(opposed))
    if unclear:
        blocks.append(Folded(f"Clear under one metric, unclear under another ({len(unclear)})", (Items(unclear),)))
    return [*blocks, Folded("The order of strategies under each metric", (order_table(study, fits),))]
