"""Errors against N on the test set of where a network was trained, and on that of another site, with their laws."""

import math
from collections.abc import Sequence
from dataclasses import replace

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.measures import quantity
from segaug.report.curves.figures import BAND, SHEET_PANEL_IN
from segaug.report.look.palette import DASHED, LIGHT, SOLID, look
from segaug.report.look.sheet import sheet
from segaug.report.look.theme import PANEL_IN, error_axis, panel_figure, panel_title, size_axis
from segaug.report.marks.marks import (
    Mean,
    Tooltips,
    draw_band,
    draw_law,
    draw_means,
    draw_references,
    strategy_sign,
)
from segaug.report.marks.scales import shift
from segaug.report.sites.panels import SitePanel

_EDGE = 1.2  # of a hollow marker
_ROOM_BELOW, _ROOM_ABOVE = 1.15, 1.25  # of the axis, beyond what is drawn


def site_panel(panel: SitePanel, counted: str) -> tuple[Figure, Tooltips]:
    """One panel of the page."""
    figure, axes = panel_figure(*PANEL_IN)
    tooltips = _draw(axes, panel)
    axes.set(xlabel=f"labelled training {counted} N", ylabel=_axis(panel))
    panel_title(axes, panel.title)
    return figure, tooltips


def sites_figure(groups: Sequence[Sequence[SitePanel]], counted: str, note: str) -> Figure:
    """All of them for a paper: a row a way from a site to another, a column a measure."""
    page = sheet(
        len(groups), max(map(len, groups)), SHEET_PANEL_IN, signs=site_signs(groups), note=note,
        xlabel=f"N labelled training {counted}", ylabel=" | ".join(_axis(panel) for panel in max(groups, key=len)),
    )  # fmt: skip
    for row, group in enumerate(groups):
        for column, panel in enumerate(group):
            axes = page.panel(row, column)
            _draw(axes, panel)
            panel_title(axes, panel.title)
    return page.figure


def site_signs(groups: Sequence[Sequence[SitePanel]]) -> list[Artist]:
    """Strategies, by their colours and markers alone; and which line is of which test set."""
    strategies = list(dict.fromkeys(name for group in groups for panel in group for name in panel.inside))
    ink = LIGHT["ink"]
    colours = [strategy_sign(name) for name in strategies] if len(strategies) > 1 else []
    for sign in colours:
        sign.set_linestyle("none")
    hollow = _hollow(Line2D([], [], color=ink, marker="o", linestyle=(0.0, DASHED)), ink)
    hollow.set_label("outside: a site of which no image was trained on")
    inside = Line2D([], [], color=ink, marker="o", label="inside: the site that it was trained at")
    laws = any(curve.fit for group in groups for panel in group for curve in panel.both)
    band = [Patch(facecolor=LIGHT["muted"], alpha=BAND, label="95 % band of the law, pointwise")] if laws else []
    return [*colours, inside, hollow, *band]


def _axis(panel: SitePanel) -> str:
    asked = quantity(panel.metric)
    return f"{asked.error_words.replace(' - ', ' − ')} [{asked.measure.unit}]"


def _draw(axes: Axes, panel: SitePanel) -> Tooltips:
    sizes = sorted({point.size for curve in panel.both for point in curve.points})
    if not math.isnan(panel.constant):
        draw_references(axes, {"constant": dict.fromkeys(sizes, panel.constant)})
    names, tooltips = list(panel.inside), Tooltips()
    for place, (where, curves) in enumerate((("inside", panel.inside), ("outside", panel.outside))):
        for strategy, curve in curves.items():
            gid = f"{where}-{names.index(strategy)}"
            tooltips[gid] = _draw_curve(axes, curve, shift(names, sizes, strategy), gid, outside=bool(place))
    size_axis(axes, sizes)
    axes.set_ylim(*_limits(panel))
    error_axis(axes, log=True)
    return tooltips


def _draw_curve(axes: Axes, curve: CurveFit, aside: float, gid: str, *, outside: bool) -> list[str]:
    """Law and band where the law is not rejected; the means joined where it is, or where there is none."""
    style = replace(look(curve.strategy), dash=DASHED if outside else SOLID)
    means = [Mean(point.size, point.n, point.mean, point.interval) for point in curve.points]
    holds = curve.fit is not None and not curve.fit.default.lack_of_fit.rejected
    if curve.fit is not None and holds:
        draw_law(axes, curve.fit, style)
        draw_band(axes, curve.fit, style, simultaneous=False, opacity=BAND)
    draw_means(axes, means, aside, style, gid, joined=not holds)
    if outside:
        _hollow(axes.lines[-1], style.light)
    where = "outside" if outside else "inside"
    return [mean.tooltip(f"{curve.strategy}, {where}") for mean in means]


def _hollow(line: Line2D, colour: str) -> Line2D:
    line.set(markerfacecolor=LIGHT["paper"], markeredgecolor=colour, markeredgewidth=_EDGE)
    return line


def _limits(panel: SitePanel) -> tuple[float, float]:
    """Every mean and the constant are on the axis, and of intervals what is within its room."""
    values = [point.mean for curve in panel.both for point in curve.points]
    values += [value for curve in panel.both for point in curve.points for _, value in point.values]
    known = values if math.isnan(panel.constant) else [*values, panel.constant]
    return min(known) / _ROOM_BELOW, max(known) * _ROOM_ABOVE
