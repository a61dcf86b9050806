"""The fitted laws: forest plots, and the numbers behind them."""

from functools import partial

from markupsafe import Markup

from segaug.findings.numbers import from_to
from segaug.report.blocks.section import Block, Folded, Items, Panels, Section
from segaug.report.curves import captions
from segaug.report.laws.forest import QUANTITIES, forest, forest_figure, forest_signs
from segaug.report.laws.law_tables import curve_notes, law_table, published_table
from segaug.report.look import svg
from segaug.report.marks.signs import key
from segaug.report.study.study import Study


def section(study: Study) -> Section | None:
    """None where no curve has a law."""
    if not study.laws:
        return None
    charts = []
    for index, quantity in enumerate(QUANTITIES):
        figure, tooltips = forest(study, quantity)
        charts.append(Markup(svg.inline(figure, f"forest{index}", f"{quantity.name} of all curves", tooltips)))
    blocks: list[Block] = [
        key(forest_signs(), "row"),
        Panels(captions.forest_caption(study), (tuple(charts),), "by-measure"),
        law_table(study),
        Folded("The published fit as a table", (published_table(study),)),
    ]
    if notes := curve_notes(study):
        blocks.append(Folded(f"Notes on single curves ({len(notes)})", (Items(notes),)))
    figures = {f"laws_{study.measured.stem}": partial(forest_figure, study, captions.forest_note(study))}
    return Section("laws", "Fitted laws", "Laws", tuple(blocks), figures, finding=_finding(study))


def _finding(study: Study) -> str:
    """How steep the curves still are."""
    readable = [fit for curve, fit in study.laws if curve.verdict.law_readable]
    if not readable:
        return "No law may be read; what is listed only joins the means."
    slopes = from_to((fit.default.slope.value for fit in readable), lambda slope: f"{slope:.2g}")
    return f"At its largest N a curve still falls by {slopes} % for 1 % more {study.counted}."
