"""Forest plots of the differences of Dice: a panel a structure, under each N a row a strategy."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from segaug.analysis.comparison.comparison import SizeComparison
from segaug.findings.numbers import p_value
from segaug.findings.with_interval import with_interval
from segaug.report.comparison.dice import DiceGroup, Structure
from segaug.report.comparison.paired_trials import ENOUGH_PAIRS
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import panel_title
from segaug.report.marks.marks import Tooltips, marker
from segaug.report.marks.rows import draw_bar, label_rows, rows_figure, rows_panel
from segaug.report.study.study import Study

_REACH = 4.0  # an interval may reach so many times beyond the differences, then it ends in an arrow
_LEAST = 0.01  # the axis reaches at least so far to either side
_ROOM = 1.05


@dataclass(frozen=True)
class _Row:
    label: str
    size: int
    heading: bool = False


def dice_panel(study: Study, group: DiceGroup, structure: Structure) -> tuple[Figure, Tooltips]:
    """One structure, or all together."""
    rows = _rows(group)
    figure, axes = rows_panel(rows)
    return figure, _draw(axes, group, structure, rows, study.title(group.task, group.model))


def dice_figure(study: Study, group: DiceGroup, note: str) -> Figure:
    """All structures side by side, for a paper.  note: below the figure."""
    rows = _rows(group)
    figure, panels = rows_figure(rows, len(group.structures), dice_signs(), note)
    for axes, structure in zip(panels, group.structures, strict=True):
        _draw(axes, group, structure, rows, study.title(group.task, group.model))
    return figure


def dice_signs() -> list[Artist]:
    """Legend, whatever the strategy."""
    ink = LIGHT["ink"]
    dot: dict = {"marker": "o", "markersize": 5.5, "markeredgecolor": ink, "color": ink, "linewidth": 1.3}
    return [
        Line2D([], [], **dot, markerfacecolor=ink, label="differs, after Holm's correction"),
        Line2D([], [], **dot, markerfacecolor=LIGHT["paper"], label="not shown to differ"),
    ]


def _rows(group: DiceGroup) -> list[_Row]:
    rows = []
    for size in group.drawn_sizes:
        rows += [_Row(f"N = {size}", size, heading=True)]
        rows += [_Row(strategy, size) for strategy, cell in group.together.cells if cell.size == size]
    return rows


def _draw(axes: Axes, group: DiceGroup, structure: Structure, rows: Sequence[_Row], title: str) -> Tooltips:
    tooltips: Tooltips = {}
    limits = _limits(group)
    axes.set_xlim(limits)
    axes.axvline(0, color=LIGHT["ink"], linewidth=0.9, zorder=1)
    cells = {(strategy, cell.size): cell for strategy, cell in structure.cells}
    for place, row in enumerate(rows):
        if not row.heading and (cell := cells.get((row.label, row.size))):
            _draw_cell(axes, row.label, cell, place, limits)
            tooltips[f"row-{place}"] = [_tooltip(row.label, cell)]
    panel_title(axes, title, *([structure.name] if len(group.structures) > 1 else []))
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+g}" if value else "0")
    label_rows(axes, rows, f"{structure.quantity.measure.words}, difference")
    return tooltips


def _draw_cell(axes: Axes, strategy: str, cell: SizeComparison, place: int, limits: tuple[float, float]) -> None:
    style, effect = look(strategy), cell.difference.negated
    if effect.interval:
        low, high = effect.interval.low, effect.interval.high
        draw_bar(axes, place, (low, high), style.light, limits, (low < limits[0], high > limits[1]))
    face = style.light if cell.significant else LIGHT["paper"]
    signs = {**marker(style), "markerfacecolor": face, "markeredgecolor": style.light}
    axes.plot([effect.mean], [place], zorder=3, gid=f"row-{place}", **signs)


def _limits(group: DiceGroup) -> tuple[float, float]:
    """Ends of the axis, shared by the structures: they hold every difference, and intervals as far as _REACH."""
    effects = [cell.difference.negated for part in group.structures for _, cell in part.cells]
    means = [effect.mean for effect in effects]
    far = max(_REACH * max(map(abs, means)), _LEAST)
    enough = [effect.interval for effect in effects if effect.interval and effect.pairs >= ENOUGH_PAIRS]
    ends = [end for interval in enough for end in (interval.low, interval.high)]
    low = min(-_LEAST, *means, *(max(end, -far) for end in ends))
    high = max(_LEAST, *means, *(min(end, far) for end in ends))
    return _ROOM * low, _ROOM * high


def _tooltip(strategy: str, cell: SizeComparison) -> str:
    effect = cell.difference.negated
    difference = with_interval(effect.mean, effect.interval, most=3, sign=True)
    return f"{strategy}, N = {cell.size}: {difference}, n = {effect.pairs}\np after Holm: {p_value(cell.p_holm)}"
