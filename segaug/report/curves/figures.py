"""Figures of a measure against the number of training images: panels for the page, grids for a paper."""

from collections.abc import Callable, Sequence
from itertools import product

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from segaug.report.look.palette import LIGHT, look
from segaug.report.look.sheet import sheet
from segaug.report.look.theme import panel_title
from segaug.report.marks.marks import (
    POINTWISE,
    Tooltips,
    draw_band,
    draw_diverged,
    draw_law,
    draw_means,
    draw_references,
    marker,
    means_of,
    strategy_sign,
)
from segaug.report.marks.scales import references, set_axes, shift, validation_labels
from segaug.report.marks.together import by_panel, numbered_title, stacked_panels
from segaug.report.study.measure import Measure
from segaug.report.study.study import Study

Group = tuple[str, str]  # task, model
MOST_COLUMNS = 5  # tasks side by side in a figure for a paper
SHEET_PANEL_IN = (2.6, 2.35)
_XLABEL = "N labelled training {}, and V labelled for validation"
BAND = POINTWISE / 2  # several bands lie over each other


def overview_panel(study: Study, measure: Measure, task: str, model: str, laws: bool) -> tuple[Figure, Tooltips]:
    """One panel, or one a part, with the text that each mean shows under the pointer; laws: those fitted to it."""

    def draw(axes: Axes, names: Sequence[str], first: int) -> Tooltips:
        return draw_overview(axes, study, measure, (task, model), names, laws, first)

    title = [*filter(None, (study.title(task, model), measure.quantity.structure))]
    return stacked_panels(title, study.strategies, draw)


def laws_figure(study: Study, note: str) -> Figure:
    """All panels of what the laws are fitted to, with the laws."""

    def draw(axes: Axes, group: Group, names: Sequence[str]) -> None:
        draw_overview(axes, study, study.measured.fitted_of(group[0]), group, names, laws=True)

    tasks, measured = list(dict.fromkeys(task for task, _ in study.fitted_groups)), study.measured
    signs = overview_signs(study, measured.fitted, laws=True)
    return panel_grid(study, tasks, study.strategies, measured.axis, draw, signs, note)


def measure_figure(study: Study, measure: Measure, note: str) -> Figure:
    """The panels of the tasks that have a measure."""

    def draw(axes: Axes, group: Group, names: Sequence[str]) -> None:
        draw_overview(axes, study, measure, group, names, laws=False)

    tasks = [task for task in study.tasks if measure in study.measured.of(task)]
    signs = overview_signs(study, [measure], laws=False)
    return panel_grid(study, tasks, study.strategies, measure.axis, draw, signs, note)


def structures_figure(study: Study, task: str, model: str, measures: Sequence[Measure], note: str) -> Figure:
    """A column for each structure of a task, a row a part of the strategies.  measures: one of each structure."""
    shown = by_panel(study.strategies)
    page = sheet(
        len(shown), len(measures), SHEET_PANEL_IN, signs=overview_signs(study, measures, laws=False), note=note,
        ylabel=f"{measures[0].quantity.measure.words} [{measures[0].unit}]", xlabel=_XLABEL.format(study.counted),
    )  # fmt: skip
    for (row, names), (column, measure) in product(enumerate(shown), enumerate(measures)):
        axes = page.panel(row, column)
        draw_overview(axes, study, measure, (task, model), names, laws=False)
        panel_title(axes, *numbered_title([measure.quantity.structure], row, len(shown)))
        axes.set(xlabel=f"N (+ V = {validation_labels(study, task, model)})", ylabel="")
    return page.figure


def panel_grid(
    study: Study, tasks: Sequence[str], strategies: Sequence[str], ylabel: str,
    draw: Callable[[Axes, Group, Sequence[str]], object], signs: Sequence[Artist], note: str,
) -> Figure:  # fmt: skip
    """Tasks side by side, models and the parts of the strategies below each other, wrapped after MOST_COLUMNS tasks.

    A single task has its parts side by side.  draw: called with axes, (task, model) and strategies.  signs: of the
    legend.  note: below the figure.
    """
    shown = by_panel(strategies)
    across = len(tasks) > 1 or len(shown) == 1
    along, below = (len(tasks), len(shown)) if across else (len(shown), 1)
    columns = min(along, MOST_COLUMNS)
    rows = len(study.models) * below
    page = sheet(
        -(-along // columns) * rows, columns, SHEET_PANEL_IN, signs=signs, ylabel=ylabel, note=note,
        xlabel=_XLABEL.format(study.counted),
    )  # fmt: skip
    for (index, task), (row, model), (part, names) in product(
        enumerate(tasks), enumerate(study.models), enumerate(shown)
    ):
        if (task, model) in study.by_group:
            place, line = (index, row * below + part) if across else (part, row)
            axes = page.panel(place // columns * rows + line, place % columns)
            draw(axes, (task, model), names)
            panel_title(axes, *numbered_title([study.title(task, model)], part, len(shown)))
            axes.set(xlabel=f"N (+ V = {validation_labels(study, task, model)})", ylabel="")
    return page.figure


def draw_overview(
    axes: Axes, study: Study, measure: Measure, group: Group, strategies: Sequence[str], laws: bool, first: int = 0
) -> Tooltips:
    """Strategies of a (task, model) at every N, atlas and constant behind them.

    laws: draw those fitted to it, with bands.  first: number of the first gid, as another panel may have some too.
    """
    task, model = group
    tooltips: Tooltips = {}
    fits = study.laws_of(task, model) if laws else {}
    draw_references(axes, references(study, measure, task, model))
    by_strategy = study.seeds(measure, task, model)
    for index, strategy in enumerate((name for name in strategies if name in by_strategy), start=first):
        seeds = by_strategy[strategy]
        style, gid, means = look(strategy), f"means-{index}", means_of(seeds)
        fit = fits.get(strategy)
        holds = fit is not None and not fit.default.lack_of_fit.rejected
        if fit is not None and holds:
            draw_law(axes, fit, style)
            draw_band(axes, fit, style, simultaneous=False, opacity=BAND)
        draw_means(axes, means, shift(strategies, study.sizes, strategy), style, gid, joined=not holds)
        tooltips[gid] = [mean.tooltip(strategy) for mean in means]
    set_axes(axes, study, measure, task, model, laws)
    return tooltips | _draw_diverged(axes, study, group, strategies, first)


def _draw_diverged(axes: Axes, study: Study, group: Group, strategies: Sequence[str], first: int) -> Tooltips:
    tooltips: Tooltips = {}
    for index, strategy in enumerate(strategies, start=first):
        trials = study.diverged_of(*group, strategy)
        if trials:
            gid, factor = f"diverged-{index}", shift(strategies, study.sizes, strategy)
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
        entries.append(Patch(facecolor=muted, alpha=BAND, label="95 % band, pointwise"))
    if any(measure.quantity.atlas for measure in measures):
        entries.append(Line2D([], [], color=muted, linestyle=":", label="atlas"))
    if any(measure.quantity.constant for measure in measures):
        entries.append(Line2D([], [], color=muted, linestyle="--", label="constant"))
    return entries


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
