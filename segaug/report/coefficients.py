"""Dot plots of the fitted a, b and c with their intervals."""

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from segaug.analysis.bootstrap import Interval
from segaug.analysis.fit import Fit
from segaug.report.palette import LIGHT, look
from segaug.report.study import Study
from segaug.report.theme import new_figure

ROW_IN = 0.2  # height of one strategy's row
_REACH = 2.5  # intervals may reach this many times the largest estimate, then they end in an arrow


@dataclass(frozen=True)
class Coefficient:
    """One coefficient of the law and how to read it from a fit."""

    axis: str
    value: Callable[[Fit], float]
    interval: Callable[[Fit], Interval | None]
    identified: Callable[[Fit], bool]


def _a(fit: Fit) -> Interval | None:
    return fit.bootstrap.a if fit.bootstrap else None


def _b(fit: Fit) -> Interval | None:
    return fit.bootstrap.b if fit.bootstrap else None


def _c(fit: Fit) -> Interval | None:
    return fit.bootstrap.c if fit.bootstrap else None


COEFFICIENTS = (
    Coefficient("a [error · Nᵇ]", lambda fit: fit.law.a, _a, lambda fit: True),
    Coefficient("b [no unit]", lambda fit: fit.law.b, _b, lambda fit: not fit.b_at_bound),
    Coefficient("c [error]", lambda fit: fit.law.c, _c, lambda fit: fit.floor_identified),
)


def fitted_groups(study: Study) -> list[tuple[str, str]]:
    """Every (task, model) with at least one fitted law."""
    return sorted({(curve.task, curve.model) for curve in study.fits if curve.fit is not None})


def coefficient_panel(study: Study, task: str, model: str) -> Figure:
    """a, b and c side by side; one row a strategy."""
    figure = new_figure(3.9, 0.75 + ROW_IN * len(study.strategies))
    _draw_group(list(figure.subplots(1, 3, sharey=True)), study, task, model)
    return figure


def coefficients_figure(study: Study) -> Figure:
    """All (task, model) below each other, two columns where there are many."""
    groups = fitted_groups(study)
    columns = 1 if len(groups) <= 6 else 2
    rows = -(-len(groups) // columns)
    figure = new_figure(4.6 * columns, rows * (0.65 + ROW_IN * len(study.strategies)))
    grid = figure.subplots(rows, 3 * columns, squeeze=False)
    for axes in grid.flat:
        axes.set_visible(False)
    for index, (task, model) in enumerate(groups):
        row, column = index % rows, 3 * (index // rows)
        _draw_group(list(grid[row, column : column + 3]), study, task, model)
    return figure


def _draw_group(axes: list[Axes], study: Study, task: str, model: str) -> None:
    curves = ((name, study.fit_of(task, model, name)) for name in study.strategies)
    rows = [(name, curve.fit) for name, curve in curves if curve is not None and curve.fit is not None]
    for panel, coefficient in zip(axes, COEFFICIENTS, strict=True):
        panel.set_visible(True)
        limit = _limit(study, coefficient)
        for row, (name, fit) in enumerate(rows):
            _draw_row(panel, coefficient, name, fit, row, limit)
        panel.set(xlim=(-0.03 * limit, limit * 1.04), ylim=(len(rows) - 0.4, -0.6), xlabel=coefficient.axis)
        panel.set_yticks(range(len(rows)), [name for name, _ in rows])
        panel.tick_params(axis="y", length=0, labelleft=panel is axes[0])
        panel.spines["left"].set_visible(False)
        panel.grid(axis="y", visible=False)
        panel.locator_params(axis="x", nbins=3)
        panel.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes[0].set_title(task if len(study.models) == 1 else f"{task} · {model}")


def _draw_row(axes: Axes, coefficient: Coefficient, strategy: str, fit: Fit, row: int, limit: float) -> None:
    style, interval = look(strategy), coefficient.interval(fit)
    if interval is not None:
        axes.plot([interval.low, min(interval.high, limit)], [row, row], color=style.light, linewidth=1.3, zorder=2)
        if interval.high > limit:
            axes.plot([limit], [row], marker=">", markersize=4, color=style.light, zorder=2)
    face = style.light if coefficient.identified(fit) else LIGHT["paper"]
    axes.plot([coefficient.value(fit)], [row], marker=style.marker, markersize=5.5, markerfacecolor=face,
              markeredgecolor=style.light, zorder=3)  # fmt: skip


def _limit(study: Study, coefficient: Coefficient) -> float:
    """Right end of the axis, shared by all panels of a coefficient; the left end is 0."""
    fits = [curve.fit for curve in study.fits if curve.fit is not None]
    values = [coefficient.value(fit) for fit in fits]
    ends = [interval.high for fit in fits if (interval := coefficient.interval(fit))]
    return max(min(max([*values, *ends]), _REACH * max(values)), max(values), 1e-3)
