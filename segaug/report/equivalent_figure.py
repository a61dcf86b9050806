"""What each strategy is worth in data of the baseline, against N."""

import math
from collections.abc import Sequence
from itertools import pairwise

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from segaug.analysis.comparison.comparison import Comparison
from segaug.analysis.comparison.equivalent_data import EquivalentSize
from segaug.report.comparison import Groups
from segaug.report.dodge import dodge, dodged_axis
from segaug.report.figures import PANEL_IN, strategy_sign
from segaug.report.marks import Tooltips, marker
from segaug.report.palette import LIGHT, Look, look
from segaug.report.ratio_axis import ratio_axis
from segaug.report.study import Study
from segaug.report.theme import footnote, new_figure, panel_figure

_ARROW = 0.07  # of the axis: how far an arrow reaches beyond what was measured
_OUTSIDE = 0.16  # opacity of the region of which nothing is claimed


def equivalent_panel(study: Study, comparisons: Sequence[Comparison]) -> tuple[Figure, Tooltips]:
    """The strategies of one task and model side by side at each N."""
    figure, axes = panel_figure(*PANEL_IN)
    axes.set_title(study.title(*comparisons[0].key[:2]))
    return figure, _draw(axes, study, comparisons)


def equivalent_figure(study: Study, groups: Groups, note: str) -> Figure:
    """A panel a task and model, for a paper."""
    columns = min(len(groups), 3)
    rows = -(-len(groups) // columns)
    figure = new_figure(max(2.6 * columns, 4.2), 2.4 * rows + 0.9)
    grid = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes in grid[len(groups) :]:
        axes.set_visible(False)
    for axes, comparisons in zip(grid, groups, strict=False):
        axes.set_title(study.title(*comparisons[0].key[:2]))
        _draw(axes, study, comparisons)
    compared = {found.key.strategy for group in groups for found in group}
    signs = [strategy_sign(name) for name in study.strategies if name in compared]
    figure.legend(handles=[*signs, *equivalent_signs()], loc="outside upper left", ncols=2)
    footnote(figure, note)
    return figure


def equivalent_signs() -> list[Artist]:
    """Legend, whatever the strategy."""
    ink = LIGHT["ink"]
    return [
        Line2D([], [], color=ink, marker="o", markersize=5, markeredgecolor=ink, markerfacecolor=LIGHT["paper"],
               linestyle="none", label="at the end of what was measured"),
        Patch(facecolor=LIGHT["muted"], alpha=_OUTSIDE, label="outside the measured sizes"),
    ]  # fmt: skip


def told(comparisons: Sequence[Comparison]) -> bool:
    """Has any strategy a factor?"""
    return any(found.equivalent.sizes for found in comparisons)


def _draw(axes: Axes, study: Study, comparisons: Sequence[Comparison]) -> Tooltips:
    tooltips: Tooltips = {}
    known = [found for found in comparisons if found.equivalent.sizes]
    cells = [one for found in known for one in found.equivalent.sizes]
    sizes = sorted({int(one.size) for one in cells})
    shift = dodge([found.key.strategy for found in known], sizes)
    dodged_axis(axes, sizes)
    ends = [end for one in cells for end in (one.claimed.low, one.claimed.high)]
    ratio_axis(axes, min(ends), max(ends))
    _shade(axes, cells)
    axes.axhline(1, color=LIGHT["ink"], linewidth=0.9, zorder=1)
    for index, found in enumerate(known):
        for inside in (True, False):
            chosen = [one for one in found.equivalent.sizes if (one.factor is not None) == inside]
            gid = f"{'inside' if inside else 'end'}-{index}"
            _draw_factors(axes, chosen, shift[found.key.strategy], look(found.key.strategy), inside, gid)
            if chosen:
                tooltips[gid] = [f"{found.key.strategy}, N = {one.size:g}: {one}" for one in chosen]
    axes.set(xlabel=f"labelled training {study.counted} N", ylabel="equivalent data [factor]")
    return tooltips


def _shade(axes: Axes, cells: Sequence[EquivalentSize]) -> None:
    """At each size, the factors that lead to sizes at which the baseline was not measured."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    limits = {one.size: (one.smallest / one.size, one.largest / one.size) for one in cells}
    sizes = sorted(limits)
    edges = [left, *(math.sqrt(low * high) for low, high in pairwise(sizes)), right]
    for size, (start, end) in zip(sizes, pairwise(edges), strict=True):
        low, high = limits[size]
        for one, other in ((bottom, low), (high, top)):
            if one < other:
                axes.fill_between(
                    [start, end], one, other, color=LIGHT["muted"], alpha=_OUTSIDE, linewidth=0, zorder=0.5
                )
    axes.set(xlim=(left, right), ylim=(bottom, top))


def _draw_factors(
    axes: Axes, cells: Sequence[EquivalentSize], shift: float, style: Look, filled: bool, gid: str
) -> None:
    bottom, top = axes.get_ylim()
    reach = (top / bottom) ** _ARROW
    for one in cells:
        x, ends = one.size * shift, one.claimed
        axes.plot([x, x], [ends.low, ends.high], color=style.light, linewidth=1.4, zorder=3)
        for cut, end, beyond in ((ends.open_low, ends.low, 1 / reach), (ends.open_high, ends.high, reach)):
            if cut:
                arrow = {"arrowstyle": "->", "color": style.light, "shrinkA": 0, "shrinkB": 0, "linewidth": 1.2}
                axes.annotate("", (x, end * beyond), (x, end), arrowprops=arrow, zorder=3, annotation_clip=False)
    places = [one.size * shift for one in cells]
    factors = [min(max(one.equivalent, one.smallest), one.largest) / one.size for one in cells]
    signs = (
        marker(style)
        if filled
        else {**marker(style), "markerfacecolor": LIGHT["paper"], "markeredgecolor": style.light}
    )
    axes.plot(places, factors, gid=gid, zorder=4, **signs)
