"""Figures of a measure against the number of training images: panels for the page, grids for a paper."""

from collections.abc import Sequence
from itertools import product
from statistics import fmean, stdev

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from segaug.analysis.curves import CurveFit
from segaug.report.measure import BCE, RECALIBRATED, Measure
from segaug.report.palette import LIGHT, Look, look
from segaug.report.study import Seed, Study, mean_by_size, values_by_size
from segaug.report.theme import TEXT_PT, error_axis, new_figure, panel_figure, size_axis

PANEL_IN = (3.9, 3.0)  # width, height of one panel on the page; its type is set to be read at this width on a phone
MOST_COLUMNS = 5  # tasks side by side in a figure for a paper
_DODGE = 0.16  # how far strategies at one N are spread sideways, in doublings of N
Tooltips = dict[str, list[str]]


def curve_panel(study: Study, measure: Measure, task: str, model: str, law: bool) -> tuple[Figure, Tooltips]:
    """One panel, with the text that each seed's point shows under the pointer; for `law` see `draw_panel`."""
    figure, axes = panel_figure(*PANEL_IN)
    return figure, draw_panel(axes, study, measure, task, model, law)


def curves_figure(study: Study, measure: Measure) -> Figure:
    """All panels: tasks side by side, models below each other, wrapped after MOST_COLUMNS tasks."""
    columns = min(len(study.tasks), MOST_COLUMNS)
    bands = -(-len(study.tasks) // columns)
    rows = bands * len(study.models)
    figure = new_figure(max(2.5 * columns, 4.2), 2.2 * rows + 0.9)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_visible(False)
    for (index, task), (row, model) in product(enumerate(study.tasks), enumerate(study.models)):
        if (task, model) in study.by_group:
            axes = grid[index // columns * len(study.models) + row, index % columns]
            axes.set_visible(True)
            draw_panel(axes, study, measure, task, model, law=measure == study.measure)
            axes.set(xlabel=f"N (+ V = {_validation_labels(study, task, model)})", ylabel="")
    figure.supylabel(measure.axis, fontsize=TEXT_PT)
    figure.supxlabel(f"N labelled training {study.counted}, and V labelled for validation", fontsize=TEXT_PT)
    figure.legend(handles=_legend(study, measure), loc="outside upper left", ncols=max(3, 2 * columns))
    return figure


def draw_panel(axes: Axes, study: Study, measure: Measure, task: str, model: str, law: bool) -> Tooltips:
    """Every strategy at every N, atlas and constant behind them.

    law: draw seeds, means, fitted law and band (of study.measure only); else means and standard deviations.
    """
    tooltips: Tooltips = {}
    _draw_references(axes, study, measure, task, model)
    for index, (strategy, seeds) in enumerate(study.seeds(measure, task, model).items()):
        shift, style, has_law = _shift(study, strategy), look(strategy), False
        if law:
            gid = f"seeds-{index}"
            _draw_seeds(axes, seeds, shift, style, gid)
            tooltips[gid] = [f"{s.trial}\n{strategy}, N = {s.size}, seed {s.seed}: {s.value:.4g}" for s in seeds]
            has_law = _draw_law(axes, study.fit_of(task, model, strategy), style)
        else:
            _draw_spread(axes, seeds, shift, style)
        _draw_means(axes, seeds, shift, style, joined=not has_law)
    _draw_diverged(axes, study, task, model)
    _set_axes(axes, study, measure, task, model)
    return tooltips


def _shift(study: Study, strategy: str) -> float:
    """Factor on N that sets strategies side by side."""
    names = study.strategies
    return 2.0 ** (_DODGE * (names.index(strategy) / max(len(names) - 1, 1) - 0.5))


def _set_axes(axes: Axes, study: Study, measure: Measure, task: str, model: str) -> None:
    axes.set_title(task if len(study.models) == 1 else f"{task} · {model}")
    validation = _validation_labels(study, task, model)
    axes.set_xlabel(f"labelled training {study.counted} N (+ V = {validation} for validation)")
    axes.set_ylabel(measure.axis)
    size_axis(axes, sorted({record["size"] for record in study.by_group[task, model]}))
    axes.set_ylim(*_limits(study, measure, task))
    error_axis(axes, measure.log)


def _validation_labels(study: Study, task: str, model: str) -> str:
    """How many labels the trials of a panel have cost beside N."""
    counts = {record["labels"]["validation"] for record in study.by_group[task, model]}
    return str(min(counts)) if len(counts) == 1 else f"{min(counts)} to {max(counts)}"


def references(study: Study, measure: Measure, task: str, model: str) -> tuple[dict[int, float], dict[int, float]]:
    """Size -> mean value of the atlas, and of the best constant, over the panel's trials."""
    records = study.by_group[task, model]
    atlas = mean_by_size((record["size"], measure.of_atlas(record)) for record in records)
    return atlas, mean_by_size((record["size"], measure.of_constant(record)) for record in records)


def legend_figure(strategy: str) -> Figure:
    """The sign of a strategy alone, for legends and tables."""
    figure = Figure(figsize=(0.42, 0.17))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(-1, 1))
    axes.set_axis_off()
    figure.patch.set_visible(False)
    style = look(strategy)
    axes.plot([0.02, 0.98], [0, 0], color=style.light, linestyle=style.line)
    axes.plot([0.5], [0], **_marker(style))
    return figure


def _marker(style: Look) -> dict:
    return {
        "linestyle": "none", "marker": style.marker, "markerfacecolor": style.light,
        "markeredgecolor": LIGHT["paper"], "markersize": 5.5, "markeredgewidth": 0.6,
    }  # fmt: skip


def _draw_seeds(axes: Axes, seeds: Sequence[Seed], shift: float, style: Look, gid: str) -> None:
    x, y = [seed.size * shift for seed in seeds], [seed.value for seed in seeds]
    axes.scatter(x, y, s=6, color=style.light, alpha=0.4, linewidths=0, gid=gid, zorder=2)


def _draw_spread(axes: Axes, seeds: Sequence[Seed], shift: float, style: Look) -> None:
    for size, cell in values_by_size((seed.size, seed.value) for seed in seeds).items():
        if len(cell) > 1:
            middle, sd = fmean(cell), stdev(cell)
            axes.plot(
                [size * shift] * 2, [middle - sd, middle + sd], color=style.light, linewidth=1.0, alpha=0.6, zorder=2
            )


def _draw_means(axes: Axes, seeds: Sequence[Seed], shift: float, style: Look, joined: bool) -> None:
    cells = values_by_size((seed.size, seed.value) for seed in seeds)
    x, y = [size * shift for size in cells], [fmean(cell) for cell in cells.values()]
    if joined:
        axes.plot(x, y, color=style.light, linestyle=style.line, linewidth=1.1, zorder=3)
    axes.plot(x, y, zorder=4, **_marker(style))


def _draw_law(axes: Axes, curve: CurveFit | None, style: Look) -> bool:
    """Draw law and band; False where the curve has none."""
    if curve is None or curve.fit is None:
        return False
    grid = np.geomspace(curve.points[0].size, curve.points[-1].size, 61)
    axes.plot(grid, curve.fit.law.predict(grid), color=style.light, linestyle=style.line, zorder=3)
    if (band := curve.band) is not None:
        axes.fill_between(band.sizes, band.low, band.high, color=style.light, alpha=0.13, linewidth=0, zorder=1)
    return True


def _draw_references(axes: Axes, study: Study, measure: Measure, task: str, model: str) -> None:
    atlas, constant = references(study, measure, task, model)
    for values, name, dash, side in ((atlas, "atlas", ":", -1), (constant, "constant", "--", 1)):
        if values:
            x, y = list(values), list(values.values())
            axes.plot(x, y, color=LIGHT["muted"], linestyle=dash, linewidth=1.1, zorder=1.5)
            axes.annotate(
                name, (x[-1], y[-1]), (0, 3 * side), textcoords="offset points", fontsize=7, color=LIGHT["muted"],
                ha="right", va="bottom" if side > 0 else "top",
            )  # fmt: skip


def _draw_diverged(axes: Axes, study: Study, task: str, model: str) -> None:
    for record in study.diverged:
        if (record["task"], record["model"]) == (task, model):
            style, x = look(record["strategy"]), record["size"] * _shift(study, record["strategy"])
            axes.plot(x, 0.985, marker="x", markersize=5, markeredgewidth=1.2, color=style.light,
                      transform=axes.get_xaxis_transform(), clip_on=False)  # fmt: skip


def _limits(study: Study, measure: Measure, task: str) -> tuple[float, float]:
    """One y range per task, so that models can be compared, and BCE with recalibrated BCE."""
    values: list[float] = []
    for model, each in product(study.models, (BCE, RECALIBRATED) if measure in (BCE, RECALIBRATED) else (measure,)):
        if (task, model) in study.by_group:
            values += [seed.value for seeds in study.seeds(each, task, model).values() for seed in seeds]
            values += [value for reference in references(study, each, task, model) for value in reference.values()]
    if not measure.log:
        return max(0.0, min(values) - 0.05), 1.0
    positive = [value for value in values if value > 0]
    return min(positive) / 1.15, max(positive) * 1.25


def _legend(study: Study, measure: Measure) -> list[Artist]:
    entries: list[Artist] = [
        Line2D([], [], color=look(name).light, label=name, **{**_marker(look(name)), "linestyle": look(name).line})
        for name in study.strategies
    ]
    muted = LIGHT["muted"]
    if measure == study.measure:
        entries.append(Line2D([], [], linestyle="none", marker="o", markersize=2.5, color=muted, label="one trial"))
        entries.append(Patch(facecolor=muted, alpha=0.2, label="95 % band"))
    return [
        *entries,
        Line2D([], [], color=muted, linestyle=":", label="atlas"),
        Line2D([], [], color=muted, linestyle="--", label="constant"),
    ]
