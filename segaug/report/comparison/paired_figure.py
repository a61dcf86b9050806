"""Ratio of each strategy's error to that of the baseline on the same seeds, against N."""

import math
from collections.abc import Sequence
from itertools import groupby
from statistics import fmean
from textwrap import wrap
from typing import NamedTuple

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D

from segaug.analysis.comparison.comparison import Comparison, Ratio
from segaug.analysis.interval import SIGNIFICANCE
from segaug.findings.comparisons import ratio
from segaug.findings.numbers import p_equals, p_value
from segaug.report.comparison.paired_trials import ENOUGH_PAIRS, PairedTrial, paired_trials
from segaug.report.comparison.strategies import Groups
from segaug.report.look.palette import LIGHT, Look, look
from segaug.report.look.ratio_axis import ratio_axis
from segaug.report.look.theme import TEXT_PT, figure_title, footnote, new_figure, size_axis
from segaug.report.look.wording import brief, lines
from segaug.report.marks.crowd import drawn
from segaug.report.marks.marks import Tooltips
from segaug.report.study.study import Study

_COLUMNS = 2  # strategies side by side on the page
_SEED_ALPHA = 0.25
_FAR = 1e6  # a ratio off every axis, for ends of intervals that nothing bounds
_MOST_COLUMNS = 6  # strategies side by side in a figure for a paper
_MOST_NAMED = 6  # sizes named on an axis as narrow as these
_TITLE_LETTERS = 22  # in a line above these
_LETTER_IN = 0.071  # of the label at the left
_ROW_IN = 1.9  # of a figure for a paper
_N = "labelled training {} N"


def paired_panel(study: Study, comparisons: Sequence[Comparison]) -> tuple[Figure, Tooltips]:
    """The strategies of one task and model, a small panel each, on the same axes."""
    columns = min(_COLUMNS, len(comparisons))
    rows = -(-len(comparisons) // columns)
    height = (1.45 if columns > 1 else 2.0) * rows
    figure = new_figure(3.9, 0.75 + height)
    figure_title(figure, study.title(*comparisons[0].key[:2]), TEXT_PT + 0.5)
    figure.supxlabel(_N.format(study.counted), fontsize=TEXT_PT)
    return figure, _draw_all(figure, study, comparisons, rows, columns, height)


def paired_figure(study: Study, groups: Groups, note: str) -> Figure:
    """A row a task and model, or several of many strategies, for a paper."""
    columns = min(max(map(len, groups)), _MOST_COLUMNS)
    rows = [-(-len(comparisons) // columns) for comparisons in groups]
    figure = new_figure(max(1.9 * columns, 4.2), _ROW_IN * sum(rows) + 0.2 * len(groups) + 0.6)
    below = figure.subfigures(len(groups), squeeze=False, height_ratios=rows)[:, 0]
    for part, comparisons, count in zip(below, groups, rows, strict=True):
        figure_title(part, study.title(*comparisons[0].key[:2]))
        part.supxlabel(_N.format(study.counted), fontsize=TEXT_PT)
        _draw_all(part, study, comparisons, count, columns, _ROW_IN * count)
    footnote(figure, note)
    return figure


def paired_signs() -> list[Artist]:
    """Legend, whatever the strategy."""
    ink = LIGHT["ink"]
    return [
        *(
            Line2D([], [], color=ink, marker="o", markersize=5, markeredgecolor=ink, markerfacecolor=face, label=label)
            for face, label in ((ink, "differs, after Holm's correction"), (LIGHT["paper"], "not shown to differ"))
        ),
        Line2D([], [], color=ink, alpha=_SEED_ALPHA, linewidth=0.8, marker="o", markersize=2.5, label="one seed"),
    ]


def _draw_all(
    figure: Figure | SubFigure, study: Study, comparisons: Sequence[Comparison], rows: int, columns: int,
    height_in: float,
) -> Tooltips:  # fmt: skip
    tooltips: Tooltips = {}
    grid = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flat)
    sizes = sorted({size.size for comparison in comparisons for size in comparison.sizes})
    pairs = paired_trials(study, comparisons)
    for index, (axes, comparison, own) in enumerate(zip(grid, comparisons, pairs, strict=False)):
        tooltips |= _draw(axes, comparison, own, sizes, index)
    for axes in grid[len(comparisons) :]:
        axes.set_visible(False)
        grid[grid.index(axes) - columns].tick_params(labelbottom=True)
    _set_range(grid[0], comparisons, pairs)
    figure.supylabel(_ylabel(study, comparisons[0], height_in), fontsize=TEXT_PT)
    return tooltips


def _ylabel(study: Study, comparison: Comparison, height_in: float) -> str:
    """In as many lines as it takes."""
    name = study.measured.fitted_of(comparison.key.task).name
    return "\n".join(wrap(f"{name}, ratio to {comparison.baseline}", int(height_in / _LETTER_IN)))


class _Cell(NamedTuple):
    x: float
    ratio: Ratio
    p_holm: float
    name: str


def _draw(axes: Axes, comparison: Comparison, pairs: Sequence[PairedTrial], sizes: list[int], index: int) -> Tooltips:
    strategy, style = comparison.key.strategy, look(comparison.key.strategy)
    axes.axhline(1, color=LIGHT["ink"], linewidth=0.9, zorder=1)
    seeds = drawn([[*own] for _, own in groupby(pairs, key=lambda pair: pair.seed)], _mean_log_ratio)
    _draw_seeds(axes, seeds, style, f"pairs-{index}")
    tooltips = {f"pairs-{index}": [_trial_tooltip(strategy, pair) for own in seeds for pair in own]}
    size_axis(axes, sizes)
    cells = [_Cell(size.size, size.ratio, size.p_holm, f"N = {size.size}") for size in comparison.sizes]
    if len(sizes) > 1 and math.isfinite(comparison.overall.ratio.value):
        overall = _beside_sizes(axes, sizes)
        cells.append(_Cell(overall, comparison.overall.ratio, comparison.overall.p_holm, "all sizes"))
    for kind, shown in (("differs", True), ("same", False)):
        chosen = [cell for cell in cells if (cell.p_holm < SIGNIFICANCE) == shown]
        if chosen:
            _draw_ratios(axes, chosen, style, shown, f"{kind}-{index}")
            tooltips[f"{kind}-{index}"] = [_tooltip(strategy, cell) for cell in chosen]
    axes.set_title(
        lines(brief([strategy], 3 * _TITLE_LETTERS)[strategy], _TITLE_LETTERS),
        fontweight="normal",
        fontsize=TEXT_PT,
        pad=3,
    )
    return tooltips


def _mean_log_ratio(pairs: Sequence[PairedTrial]) -> float:
    return fmean(math.log(pair.ratio) if pair.ratio > 0 else -math.inf for pair in pairs)


def _beside_sizes(axes: Axes, sizes: list[int]) -> float:
    """Make room for all sizes together, right of the largest; where that is."""
    overall = sizes[-1] * sizes[-1] / sizes[-2]
    step = -(-len(sizes) // _MOST_NAMED)
    named = [str(size) if place % step == 0 else "" for place, size in enumerate(sizes)]
    axes.set_xlim(right=overall * 1.3)
    axes.set_xticks([*sizes, overall], [*named, "all"])
    axes.axvline(math.sqrt(sizes[-1] * overall), color=LIGHT["muted"], linewidth=0.5, linestyle=(0, (1, 2)))
    return overall


def _draw_seeds(axes: Axes, seeds: Sequence[Sequence[PairedTrial]], style: Look, gid: str) -> None:
    lines = LineCollection(
        [[(pair.size, pair.ratio) for pair in own] for own in seeds],
        colors=style.light,
        linewidths=0.6,
        alpha=_SEED_ALPHA,
    )
    axes.add_collection(lines, autolim=False)
    x, y = ([getattr(pair, what) for own in seeds for pair in own] for what in ("size", "ratio"))
    axes.scatter(x, y, s=6, color=style.light, alpha=0.4, linewidths=0, gid=gid, zorder=2.5)


def _draw_ratios(axes: Axes, cells: Sequence[_Cell], style: Look, filled: bool, gid: str) -> None:
    for cell in cells:
        if (interval := cell.ratio.interval) is not None:
            bar = [max(interval.low, 1 / _FAR), min(interval.high, _FAR)]
            axes.plot([cell.x] * 2, bar, color=style.light, linewidth=1.4, zorder=3)
    axes.plot(
        [cell.x for cell in cells], [cell.ratio.value for cell in cells], linestyle="none", marker=style.marker,
        markersize=5.5, markerfacecolor=style.light if filled else LIGHT["paper"], markeredgecolor=style.light,
        markeredgewidth=1.0, zorder=4, gid=gid,
    )  # fmt: skip


def _set_range(axes: Axes, comparisons: Sequence[Comparison], pairs: Sequence[Sequence[PairedTrial]]) -> None:
    """One range for all strategies: their seeds, and the intervals of enough pairs."""
    values = [pair.ratio for own in pairs for pair in own]
    ratios = [
        size.ratio for comparison in comparisons for size in comparison.sizes if size.ratio.log.pairs >= ENOUGH_PAIRS
    ]
    bounds = [end for ratio in ratios if ratio.interval for end in (ratio.interval.low, ratio.interval.high)]
    values += [bound for bound in bounds if 1 / _FAR < bound < _FAR]
    ratio_axis(axes, min(values, default=1.0), max(values, default=1.0))


def _trial_tooltip(strategy: str, pair: PairedTrial) -> str:
    return (
        f"{pair.trial}\n{strategy}, N = {pair.size}, seed {pair.seed}: {pair.ratio:.3g} "
        f"({pair.error:.4g} against {pair.baseline:.4g})"
    )


def _tooltip(strategy: str, cell: _Cell) -> str:
    log = cell.ratio.log
    return (
        f"{strategy}, {cell.name}: {ratio(cell.ratio)}, n = {log.pairs}\n"
        f"{p_equals(log.p_t)} (t), {p_value(cell.p_holm)} (after Holm), {p_value(log.p_flip)} (sign flips)"
    )
