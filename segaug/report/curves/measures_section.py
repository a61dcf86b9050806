"""All measures side by side, whatever the laws are fitted to, and where they disagree."""

from functools import partial

from segaug.findings.phrases import listed
from segaug.report.blocks import tables
from segaug.report.blocks.section import Block, Folded, Heading, Items, Legend, Panels, Section, Text
from segaug.report.curves import captions
from segaug.report.curves.captions import orders_text
from segaug.report.curves.charts import overview_chart
from segaug.report.curves.figures import measure_figure
from segaug.report.curves.metric_orders import contradictions, fits_by_metric, one_sided, order_table
from segaug.report.study.study import Study


def section(study: Study) -> Section:
    """A row a task and model, its measures side by side."""
    measures = study.measured.everywhere
    rows = tuple(
        tuple(overview_chart(study, measure, *group, measure.key) for measure in study.measured.of(group[0]))
        for group in study.groups
    )
    note = captions.overview_note(study, laws=False)
    opposed, orders = _orders(study)
    return Section(
        "measures",
        "All measures side by side",
        "Measures",
        (
            Legend(),
            Panels(captions.measures_caption(study, measures), rows, "by-measure"),
            *_lacking(study),
            *_without_empty(study),
            *orders,
            Folded("All measures as a table", (tables.measure_table(study),)),
        ),
        figures={
            f"curves_{measure.key}": partial(measure_figure, study, measure, note)
            for measure in measures
            if measure not in study.measured.fitted
        },
        finding=_finding(study, opposed),
    )


def _finding(study: Study, opposed: int | None) -> str:
    """Whether they agree; opposed: pairs of strategies that two measures order differently, None: not asked."""
    if opposed is None:
        return f"{listed([measure.name for measure in study.measured.everywhere])}."
    return orders_text(opposed).split(". ")[0].removesuffix(".") + "."


def _lacking(study: Study) -> list[Block]:
    lacking = study.measured.lacking
    return [Text(f"Not measured, and left out of figures and tables: {', '.join(lacking)}.")] if lacking else []


def _without_empty(study: Study) -> list[Block]:
    """Where some test images have nothing to find."""
    table = tables.shown_dice_table(study)
    return [] if table is None else [Folded("Dice without the images that have nothing to find", (table,))]


def _orders(study: Study) -> tuple[int | None, list[Block]]:
    """How many pairs metrics order differently, and where; nothing where no two metrics or strategies are there."""
    fits = fits_by_metric(study)
    if len(fits) < 2 or len(study.strategies) < 2:
        return None, []
    opposed, unclear = contradictions(study, fits), one_sided(study, fits)
    blocks: list[Block] = [Heading("Do the metrics agree on the strategies?"), Text(captions.orders_text(len(opposed)))]
    if opposed:
        blocks.append(Items(opposed))
    if unclear:
        blocks.append(Folded(f"Clear under one metric, unclear under another ({len(unclear)})", (Items(unclear),)))
    return len(opposed), [*blocks, Folded("The order of strategies under each metric", (order_table(study, fits),))]
