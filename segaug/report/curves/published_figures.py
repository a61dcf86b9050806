"""The three figures of the published scaling study (arXiv 2511.13883), from the trials of this one.

1: error of the baseline against N, a panel for each task and network.  2: the same axes with four methods.  3: a, b and
c of the published, unweighted fit, for each task, method and network.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from segaug.analysis.law.fit import Fit
from segaug.errors import DataError
from segaug.report.blocks.failed import Failed
from segaug.report.blocks.figure_files import write_figures
from segaug.report.blocks.section import Draw
from segaug.report.curves import captions
from segaug.report.curves.figures import Group, panel_grid
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.sheet import sheet
from segaug.report.look.theme import error_axis, themed
from segaug.report.marks.marks import draw_means, marker, means_of, strategy_sign
from segaug.report.marks.scales import set_axes, shift
from segaug.report.study.study import Study, load_study

BASELINE = "baseline"
METHODS = (BASELINE, "red", "regda", "genda")  # of the published study
_LAW_SIZES = 61
_ROW_IN, _COLUMN_IN, _MARGINS_IN = 0.42, 3.0, 0.9  # of figure 3: a task, a coefficient, what is above and below
_LETTER_IN = 0.045  # by which the name of a task reaches beyond the usual margin


def write_published(folder: Path, metric: str | None = None) -> tuple[tuple[Path, ...], tuple[Failed, ...]]:
    """Write <folder>/report/figures/published_*.png and .svg; raises DataError without the baseline.

    Returns the files, and what could not be drawn.
    """
    study = load_study(folder, metric)
    with themed():
        return write_figures(published_figures(study), folder)


def published_figures(study: Study) -> dict[str, Draw]:
    """Name of each figure -> how to draw it."""
    methods = [name for name in METHODS if name in {record["strategy"] for record in study.ok}]
    if BASELINE not in methods:
        raise DataError(
            file=study.folder,
            problem=f"has no converged trial of {BASELINE}, which figure 1 shows",
            fix=f"train augment={BASELINE} into this study",
        )
    drawn: dict[str, Draw] = {
        "published_1": partial(error_figure, study, methods[:1]),
        "published_2": partial(error_figure, study, methods),
    }
    if any(curve.strategy in methods for curve, _ in study.laws):
        drawn["published_3"] = partial(coefficient_figure, study, methods)
    return drawn


def error_figure(study: Study, methods: Sequence[str]) -> Figure:
    """Error against N: tasks side by side, networks below each other; the axes do not depend on the methods."""

    def draw(axes: Axes, group: Group, methods: Sequence[str]) -> None:
        task, model = group
        laws, measure = study.laws_of(task, model), study.measured.fitted_of(task)
        seeds = study.seeds(measure, task, model)
        for method in (name for name in methods if name in seeds):
            style, fit = look(method), laws.get(method)
            if fit is not None:
                grid = np.geomspace(fit.data.sizes[0], fit.data.sizes[-1], _LAW_SIZES)
                axes.plot(grid, fit.published.law.predict(grid), color=style.light, linestyle=style.line, zorder=2)
            draw_means(
                axes, means_of(seeds[method]), shift(methods, study.sizes, method), style, method, joined=fit is None
            )
        set_axes(axes, study, measure, task, model, laws=False)

    signs, note = list(map(strategy_sign, methods)), captions.published_note(study, methods)
    return panel_grid(study, study.tasks, methods, study.measured.axis, draw, signs, note)


def coefficient_figure(study: Study, methods: Sequence[str]) -> Figure:
    """a, b and c side by side, networks below each other; a row a task."""
    tasks = sorted({curve.task for curve, _ in study.laws if curve.strategy in methods})
    models = sorted({curve.model for curve, _ in study.laws if curve.strategy in methods})
    page = sheet(
        len(models), 3, (_COLUMN_IN, _MARGINS_IN + _ROW_IN * len(tasks)), signs=list(map(strategy_sign, methods)),
        xlabel="", ylabel="", left_in=_LETTER_IN * max(map(len, tasks)),
        note=captions.published_coefficients_note(study, methods),
    )  # fmt: skip
    for row, model in enumerate(models):
        fits = {(curve.task, curve.strategy): fit for curve, fit in study.laws if curve.model == model}
        for column, name in enumerate("abc"):
            axes = page.panel(row, column)
            _draw_coefficients(axes, name, fits, tasks, methods)
            unit = {"a": f"[{study.measured.unit} · Nᵇ]", "b": "", "c": f"[{study.measured.unit}]"}[name]
            axes.set_title(f"{name} {unit} · {model}" if unit else f"{name} · {model}")
            axes.tick_params(labelleft=column == 0)
    return page.figure


def _draw_coefficients(
    axes: Axes, name: str, fits: dict[tuple[str, str], Fit], tasks: Sequence[str], methods: Sequence[str]
) -> None:
    step = 0.7 / max(len(methods), 1)
    for place, method in enumerate(methods):
        placed = [(row, fits[task, method]) for row, task in enumerate(tasks) if (task, method) in fits]
        for row, fit in placed:
            sign = marker(look(method))
            if fit.verdict.floor == "too_few_sizes":
                sign |= {"markerfacecolor": LIGHT["paper"], "markeredgecolor": look(method).light}
            height = row + step * (place - (len(methods) - 1) / 2)
            axes.plot([getattr(fit.published.law, name)], [height], **sign)
    axes.set(ylim=(len(tasks) - 0.5, -0.5))
    axes.set_yticks(range(len(tasks)), tasks)
    axes.tick_params(axis="y", length=0)
    if name == "a" and all(fit.published.law.a > 0 for fit in fits.values()):
        error_axis(axes, log=True, axis="x")
    else:
        axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
        axes.locator_params(axis="x", nbins=5)
