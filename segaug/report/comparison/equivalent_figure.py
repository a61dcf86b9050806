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
from segaug.report.comparison.strategies import Groups
from segaug.report.look.palette import LIGHT, Look, look
from segaug.report.look.ratio_axis import ratio_axis
from segaug.report.look.sheet import sheet
from segaug.report.look.theme import panel_title
from segaug.report.marks.dodge import dodge, dodged_axis
from segaug.report.marks.marks import Tooltips, marker, strategy_sign
from segaug.report.marks.together import by_panel, numbered_title, stacked_panels
from segaug.report.study.study import Study

_ARROW = 0.07  # of the axis: how far an arrow reaches beyond what was measured
_PANEL_IN = (2.6, 2.35)
_MOST_COLUMNS = 3
_OUTSIDE = 0.16  # opacity of the region of which nothing is claimed


def equivalent_panel(study: Study, comparisons: Sequence[Comparison]) -> tuple[Figure, Tooltips]:
    """The strategies of one task and model side by side at each N."""
    known = {comparison.key.strategy: comparison for comparison in comparisons if comparison.equivalent.sizes}

    def draw(axes: Axes, names: Sequence[str], first: int) -> Tooltips:
        return _draw(axes, study, [known[name] for name in names], first)

    return stacked_panels([study.title(*comparisons[0].key[:2])], list(known), draw)


def equivalent_figure(study: Study, groups: Groups, note: str) -> Figure:
    """A panel a task and model, or one a part of its strategies, for a paper."""
    panels = [
        (numbered_title([study.title(*group[0].key[:2])], place, len(shown)), [known[name] for name in names])
        for group in groups
        for known in [{comparison.key.strategy: comparison for comparison in group if comparison.equivalent.sizes}]
        for shown in [by_panel(list(known))]
        for place, names in enumerate(shown)
    ]
    compared = {comparison.key.strategy for _, comparisons in panels for comparison in comparisons}
    signs = [strategy_sign(name) for name in study.strategies if name in compared]
    columns = min(len(panels), _MOST_COLUMNS)
    page = sheet(
        -(-len(panels) // columns), columns, _PANEL_IN, signs=[*signs, *equivalent_signs()], note=note,
        xlabel=f"labelled training {study.counted} N", ylabel="equivalent data [factor]",
    )  # fmt: skip
    for place, (title, comparisons) in enumerate(panels):
        axes = page.panel(*divmod(place, columns))
        _draw(axes, study, comparisons, 0)
        panel_title(axes, *title)
        axes.set(xlabel="", ylabel="")
    return page.figure


def equivalent_signs() -> list[Artist]:
    """Legend, whatever the strategy."""
    ink = LIGHT["ink"]
    return [
        Line2D([], [], color=ink, marker="o", markersize=5, markeredgecolor=ink, markerfacecolor=LIGHT["paper"],
               linestyle="none", label="at the end of what was measured"),
        Patch(facecolor=LIGHT["muted"], alpha=_OUTSIDE, label="outside the measured sizes"),
    ]  # fmt: skip


def has_factors(comparisons: Sequence[Comparison]) -> bool:
    """Has any strategy a factor?"""
    return any(comparison.equivalent.sizes for comparison in comparisons)


def _draw(axes: Axes, study: Study, known: Sequence[Comparison], first: int) -> Tooltips:
    tooltips: Tooltips = {}
    cells = [cell for comparison in known for cell in comparison.equivalent.sizes]
    sizes = sorted({int(cell.size) for cell in cells})
    shift = dodge([comparison.key.strategy for comparison in known], sizes)
    dodged_axis(axes, sizes)
    ends = [end for cell in cells for end in (cell.claimed.low, cell.claimed.high)]
    ratio_axis(axes, min(ends), max(ends))
    _shade(axes, cells)
    axes.axhline(1, color=LIGHT["ink"], linewidth=0.9, zorder=1)
    for index, comparison in enumerate(known, start=first):
        for inside in (True, False):
            chosen = [cell for cell in comparison.equivalent.sizes if (cell.factor is not None) == inside]
            gid = f"{'inside' if inside else 'end'}-{index}"
            _draw_factors(axes, chosen, shift[comparison.key.strategy], look(comparison.key.strategy), inside, gid)
            if chosen:
                tooltips[gid] = [f"{comparison.key.strategy}, N = {cell.size:g}: {cell}" for cell in chosen]
    axes.set(xlabel=f"labelled training {study.counted} N", ylabel="equivalent data [factor]")
    return tooltips


def _shade(axes: Axes, cells: Sequence[EquivalentSize]) -> None:
    """At each size, the factors that lead to sizes at which the baseline was not measured."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    limits = {cell.size: (cell.smallest / cell.size, cell.largest / cell.size) for cell in cells}
    sizes = sorted(limits)
    edges = [left, *(math.sqrt(low * high) for low, high in pairwise(sizes)), right]
    for size, (start, end) in zip(sizes, pairwise(edges), strict=True):
        low, high = limits[size]
        for lower, upper in ((bottom, low), (high, top)):
            if lower < upper:
                axes.fill_between(
                    [start, end], lower, upper, color=LIGHT["muted"], alpha=_OUTSIDE, linewidth=0, zorder=0.5
                )
    axes.set(xlim=(left, right), ylim=(bottom, top))


def _draw_factors(
    axes: Axes, cells: Sequence[EquivalentSize], shift: float, style: Look, filled: bool, gid: str
) -> None:
    bottom, top = axes.get_ylim()
    reach = (top / bottom) ** _ARROW
    for cell in cells:
        x, ends = cell.size * shift, cell.claimed
        axes.plot([x, x], [ends.low, ends.high], color=style.light, linewidth=1.4, zorder=3)
        for cut, end, beyond in ((ends.open_low, ends.low, 1 / reach), (ends.open_high, ends.high, reach)):
            if cut:
                arrow = {"arrowstyle": "->", "color": style.light, "shrinkA": 0, "shrinkB": 0, "linewidth": 1.2}
                axes.annotate("", (x, end * beyond), (x, end), arrowprops=arrow, zorder=3, annotation_clip=False)
    places = [cell.size * shift for cell in cells]
    factors = [min(max(cell.equivalent, cell.smallest), cell.largest) / cell.size for cell in cells]
    signs = (
        marker(style)
        if filled
        else {**marker(style), "markerfacecolor": LIGHT["paper"], "markeredgecolor": style.light}
    )
    axes.plot(places, factors, gid=gid, zorder=4, **signs)
