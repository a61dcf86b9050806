"""Chance that a floor is identified, and how well E will be known beyond the data, against the number of seeds."""

import math
from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from segaug.report.look.palette import DASHED, DOTTED, LIGHT, SOLID, Look
from segaug.report.look.theme import TEXT_PT, figure_title, footnote, new_figure
from segaug.report.planning.forecasts import SEEDS, Forecasts
from segaug.report.study.study import Study

_ADDED = ("as here", "one doubling more", "two doublings more", "halvings more", "halvings and doublings more")
_OPEN_ABOVE = 1.0  # half widths from which an interval says nothing
_LOOKS = (  # of designs: the study's own sizes first
    Look("ink", "o", SOLID), Look("blue", "^", SOLID), Look("sky", "s", DASHED), Look("vermillion", "D", SOLID),
    Look("orange", "v", DOTTED),
)  # fmt: skip


def planning_panel(study: Study, forecasts: Forecasts) -> Figure:
    """P(floor identified) and the half width of E beyond the data, against seeds."""
    figure = new_figure(3.9, 2.5)
    figure_title(figure, study.title(forecasts.task, forecasts.model), TEXT_PT + 0.5)
    _draw(figure, forecasts)
    return figure


def planning_figure(study: Study, groups: Sequence[Forecasts], note: str) -> Figure:
    """A row a task and model, for a paper."""
    figure = new_figure(5.2, 2.2 * len(groups) + 1.0)
    for part, forecasts in zip(figure.subfigures(len(groups), squeeze=False)[:, 0], groups, strict=True):
        figure_title(part, study.title(forecasts.task, forecasts.model))
        _draw(part, forecasts)
    figure.legend(handles=planning_signs(groups), loc="outside upper left", ncols=3)
    footnote(figure, note)
    return figure


def planning_signs(groups: Sequence[Forecasts]) -> list[Artist]:
    """Legend: the sizes of the designs, or what they add where the sizes of the curves differ."""
    sizes = {tuple(f"N = {name}" for name in forecasts.sizes_labels) for forecasts in groups}
    names = next(iter(sizes)) if len(sizes) == 1 else _ADDED
    looks = _LOOKS[: max(len(forecasts.by_sizes) for forecasts in groups)]
    signs = [_design_line(style, name) for style, name in zip(looks, names, strict=False)]
    return [*signs, Line2D([], [], linestyle="none", marker="o", markersize=8, markerfacecolor="none",
                           markeredgecolor=LIGHT["ink"], label="this study")]  # fmt: skip


def _design_line(style: Look, name: str) -> Line2D:
    line = Line2D([], [], color=style.light, marker=style.marker, markersize=4.5, label=name)
    line.set_linestyle(style.line)  # type: ignore[arg-type]  # a dash of None is a solid line; the stubs do not know
    return line


def _draw(figure: Figure, forecasts: Forecasts) -> None:
    left, right = figure.subplots(1, 2)
    widths: list[float] = []
    for index, (style, line) in enumerate(zip(_LOOKS, forecasts.by_sizes.values(), strict=False)):
        seeds = [forecast.design.seeds for forecast in line]
        width = [forecast.relative_half_width(forecasts.yardstick) for forecast in line]
        width = [100 * value if value <= _OPEN_ABOVE else math.nan for value in width]
        for axes, values in ((left, [100 * forecast.chances.identified for forecast in line]), (right, width)):
            _draw_line(axes, seeds, values, style, forecasts.seeds if index == 0 else None)
        widths += [value for value in width if math.isfinite(value)]
    left.set_ylim(-4, 104)
    if widths:
        _per_cent_axis(right, min(widths), max(widths))
    for axes, title in ((left, "floor identified [%]"), (right, f"E({forecasts.yardstick}) known to ± [%]")):
        axes.set_title(title, fontweight="normal", fontsize=TEXT_PT, pad=5)
        axes.set_xscale("log")
        axes.set_xticks(SEEDS, list(map(str, SEEDS)))
        axes.xaxis.set_minor_locator(NullLocator())
    figure.supxlabel(f"{forecasts.unit} per size", fontsize=TEXT_PT)


def _draw_line(axes: Axes, seeds: Sequence[int], values: Sequence[float], style: Look, own: int | None) -> None:
    axes.plot(seeds, values, color=style.light, linestyle=style.line, linewidth=1.2, marker=style.marker, markersize=4,
              markeredgecolor=LIGHT["paper"], markeredgewidth=0.5, zorder=3)  # fmt: skip
    if own is not None and own in seeds:
        axes.plot([own], [values[seeds.index(own)]], linestyle="none", marker="o", markersize=9, markerfacecolor="none",
                  markeredgecolor=LIGHT["ink"], clip_on=False, zorder=4)  # fmt: skip


def _per_cent_axis(axes: Axes, low: float, high: float) -> None:
    axes.set_yscale("log")
    axes.set_ylim(low / 1.2, high * 1.2)
    axes.set_yticks(
        [tick for tick in (0.5, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100) if low / 1.2 <= tick <= high * 1.2]
    )
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
