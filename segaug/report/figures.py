"""Figures of a measure against the number of training images: panels for the page, grids for a paper."""

from collections.abc import Callable, Sequence
from itertools import product

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from segaug.report.marks import (
    POINTWISE,
    Tooltips,
    draw_band,
    draw_diverged,
    draw_law,
    draw_means,
    draw_references,
    marker,
    means_of,
)
from segaug.report.measure import Measure
from segaug.report.palette import LIGHT, look
from segaug.report.scales import references, set_axes, shift, validation_labels
from segaug.report.sheet import sheet
from segaug.report.study import Study
from segaug.report.theme import panel_figure, panel_title

PANEL_IN = (3.9, 3.0)  # width, height of one panel on the page; its type is set to be read at this width on a phone
MOST_COLUMNS = 5  # tasks side by side in a figure for a paper
_SHEET_PANEL_IN = (2.6, 2.35)
_XLABEL = "N labelled training {}, and V labelled for validation"
_BAND = POINTWISE / 2  # several bands lie over each other


def overview_panel(study: Study, measure: Measure, task: str, model: str, laws: bool) -> tuple[Figure, Tooltips]:
    """One panel, with the text that each mean shows under the pointer; laws: those fitted to it."""
    figure, axes = panel_figure(*PANEL_IN)
    panel_title(axes, *filter(None, (study.title(task, model), measure.quantity.structure)))
    return figure, draw_overview(axes, study, measure, task, model, laws)


def laws_figure(study: Study, note: str) -> Figure:
    """All panels of what the laws are fitted to, with the laws."""

    def draw(axes: Axes, task: str, model: str) -> None:
        draw_overview(axes, study, study.measured.fitted_of(task), task, model, laws=True)

    tasks, measured = list(dict.fromkeys(task for task, _ in study.fitted_groups)), study.measured
    return panel_grid(study, tasks, measured.axis, draw, overview_signs(study, measured.fitted, laws=True), note)


def measure_figure(study: Study, measure: Measure, note: str) -> Figure:
    """The panels of the tasks that have a measure."""

    def draw(axes: Axes, task: str, model: str) -> None:
        draw_overview(axes, study, measure, task, model, laws=False)

    tasks = [task for task in study.tasks if measure in study.measured.of(task)]
    return panel_grid(study, tasks, measure.axis, draw, overview_signs(study, [measure], laws=False), note)


def structures_figure(study: Study, task: str, model: str, measures: Sequence[Measure], note: str) -> Figure:
    """A panel for each structure of a task.  measures: one of each structure."""
    page = sheet(
        1, len(measures), _SHEET_PANEL_IN, signs=overview_signs(study, measures, laws=False), note=note,
        ylabel=f"{measures[0].quantity.measure.words} [{measures[0].unit}]", xlabel=_XLABEL.format(study.counted),
    )  # fmt: skip
    for column, measure in enumerate(measures):
        axes = page.panel(0, column)
        draw_overview(axes, study, measure, task, model, laws=False)
        panel_title(axes, measure.quantity.structure)
        axes.set(xlabel=f"N (+ V = {validation_labels(study, task, model)})", ylabel="")
    return page.figure


def panel_grid(
    study: Study, tasks: Sequence[str], ylabel: str, draw: Callable[[Axes, str, str], object], signs: Sequence[Artist],
    note: str,
) -> Figure:  # fmt: skip
    """Tasks side by side, models below each other, wrapped after MOST_COLUMNS tasks.

    draw: called with axes, task and model.  signs: of the legend.  note: below the figure.
    """
    columns = min(len(tasks), MOST_COLUMNS)
    rows = -(-len(tasks) // columns) * len(study.models)
    page = sheet(
        rows, columns, _SHEET_PANEL_IN, signs=signs, ylabel=ylabel, note=note, xlabel=_XLABEL.format(study.counted)
    )
    for (index, task), (row, model) in product(enumerate(tasks), enumerate(study.models)):
        if (task, model) in study.by_group:
            axes = page.panel(index // columns * len(study.models) + row, index % columns)
            draw(axes, task, model)
            panel_title(axes, study.title(task, model))
            axes.set(xlabel=f"N (+ V = {validation_labels(study, task, model)})", ylabel="")
    return page.figure


def draw_overview(axes: Axes, study: Study, measure: Measure, task: str, model: str, laws: bool) -> Tooltips:
    """Every strategy at every N, atlas and constant behind them; laws: draw those fitted to it, with bands."""
    tooltips: Tooltips = {}
    fits = study.laws_of(task, model) if laws else {}
    draw_references(axes, references(study, measure, task, model))
    for index, (strategy, seeds) in enumerate(study.seeds(measure, task, model).items()):
        style, gid, means = look(strategy), f"means-{index}", means_of(seeds)
        fit = fits.get(strategy)
        holds = fit is not None and not fit.default.lack_of_fit.rejected
        if fit is not None and holds:
            draw_law(axes, fit, style)
            draw_band(axes, fit, style, simultaneous=False, opacity=_BAND)
        draw_means(axes, means, shift(study.strategies, study.sizes, strategy), style, gid, joined=not holds)
        tooltips[gid] = [mean.tooltip(strategy) for mean in means]
    set_axes(axes, study, measure, task, model, laws)
    return tooltips | _draw_diverged(axes, study, task, model)


def _draw_diverged(axes: Axes, study: Study, task: str, model: str) -> Tooltips:
    tooltips: Tooltips = {}
    for index, strategy in enumerate(study.strategies):
        trials = study.diverged_of(task, model, strategy)
        if trials:
            gid, factor = f"diverged-{index}", shift(study.strategies, study.sizes, strategy)
            draw_diverged(axes, [trial["size"] * factor for trial in trials], look(strategy), gid)
            tooltips[gid] = [diverged_tooltip(trial["id"], strategy, trial["size"], trial["seed"]) for trial in trials]
    return tooltips


def diverged_tooltip(trial: str, strategy: str, size: int, seed: int) -> str:
    """What a cross says."""
    return f"{trial}\n{strategy}, N = {size}, seed {seed}: diverged"


def overview_signs(study: Study, measures: Sequence[Measure], laws: bool) -> list[Artist]:
    """Legend of errors against N, with the references that the measures have."""
    entries: list[Artist] = [strategy_sign(name) for name in study.strategies]
    muted = LIGHT["muted"]
    if laws and study.laws:
        entries.append(Patch(facecolor=muted, alpha=_BAND, label="95 % band, pointwise"))
    if any(one.quantity.atlas for one in measures):
        entries.append(Line2D([], [], color=muted, linestyle=":", label="atlas"))
    if any(one.quantity.constant for one in measures):
        entries.append(Line2D([], [], color=muted, linestyle="--", label="constant"))
    return entries


def strategy_sign(name: str) -> Line2D:
    """Line and marker of a strategy for a legend."""
    style = look(name)
    return Line2D([], [], color=style.light, label=name, **{**marker(style), "linestyle": style.line})


def legend_figure(strategy: str) -> Figure:
    """The sign of a strategy alone, for legends and tables."""
    figure = Figure(figsize=(0.42, 0.17))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(-1, 1))
    axes.set_axis_off()
    figure.patch.set_visible(False)
    style = look(strategy)
    axes.plot([0.02, 0.98], [0, 0], color=style.light, linestyle=style.line)
    axes.plot([0.5], [0], **marker(style))
    return figure
