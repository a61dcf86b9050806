"""Sources of the spread of test errors, stacked."""

import math

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from segaug.report.look.palette import LIGHT
from segaug.report.look.theme import TEXT_PT, figure_title, new_figure
from segaug.report.study.study import Study
from segaug.report.variance.sources import Split, average

_ROW_IN = 0.24  # height of one size
_COLOURS = {"seeds": "blue", "seeds × cases": "grid", "test cases": "orange"}  # apart in grey print: dark, pale, middle


def variance_panel(study: Study, task: str, model: str) -> Figure:
    """A row a size: shares of the variance of one trial, and of the mean over the study's seeds."""
    curves = list(study.curves_of(task, model).values())
    single, means = average(curves, whole=False), average(curves, whole=True)
    figure = new_figure(3.9, 0.85 + _ROW_IN * len(single))
    for axes, rows, title in zip(
        figure.subplots(1, 2, sharey=True), (single, means), ("one trial", "mean of all"), strict=True
    ):
        _draw(axes, rows)
        axes.set_title(title, fontweight="normal", fontsize=7.5, pad=3)
    figure.axes[0].set_yticks(range(len(single)), [f"N = {size}" for size in single])
    figure.axes[1].tick_params(labelleft=False)
    figure.supxlabel("share of the variance of the test error [%]", fontsize=7.5)
    figure_title(figure, study.title(task, model), TEXT_PT + 0.5)
    return figure


def variance_signs() -> list[Artist]:
    """Legend."""
    return [Patch(facecolor=LIGHT[colour], label=name) for name, colour in _COLOURS.items()]


def _draw(axes: Axes, rows: dict[int, Split]) -> None:
    for row, split in enumerate(rows.values()):
        left = 0.0
        for value, colour in zip((split.seeds, split.both, split.cases), _COLOURS.values(), strict=True):
            share = 100 * value / split.total if split.total else 0.0
            axes.barh(row, share, left=left, height=0.66, color=LIGHT[colour])
            left += share
        axes.text(103, row, f"{100 * math.sqrt(split.total):.2g} %", va="center", fontsize=7, color=LIGHT["muted"])
    axes.set(xlim=(0, 100), ylim=(len(rows) - 0.5, -0.5), xticks=(0, 50, 100))
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)
