"""Validation error during training, small multiples."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure, SubFigure
from matplotlib.transforms import blended_transform_factory
from numpy.typing import NDArray

from segaug.measures import Quantity, cross_entropy
from segaug.report.look.palette import look
from segaug.report.look.theme import error_axis
from segaug.report.look.wording import brief
from segaug.report.marks.together import by_panel, numbered_title, signs_in, write_signs
from segaug.report.study.study import Study, Trial, collect

Points = list[tuple[int, float]]  # update and value
_PANEL_IN = (3.9, 1.8)
_LETTERS = 40  # of a title
_LABEL = 0.045  # of the width, however many panels share it
_MARGINS = {"left": 0.15, "right": 0.98, "bottom": 0.2, "top": 0.8, "wspace": 0.12}


def shown_sizes(study: Study) -> list[int]:
    """The smallest, the middle and the largest N."""
    sizes = study.sizes
    return sorted({sizes[0], sizes[len(sizes) // 2], sizes[-1]})


def history_panel(study: Study, task: str, model: str) -> Figure | None:
    """One small panel per shown size: the median over seeds of each strategy; None where nothing was validated."""
    key = f"validation_{_cross_entropy(study, task).key}"
    histories = study.snapshot.histories(key, [trial["id"] for trial in study.by_group[task, model]])
    known = {trial: points for trial, history in histories.items() if (points := _points(*history))}
    if not known:
        return None
    trials = [trial for trial in study.by_group[task, model] if trial["id"] in known]
    present = {trial["strategy"] for trial in trials}
    shown = by_panel([name for name in study.strategies if name in present])
    legends = [signs_in(names) if len(shown) > 1 else 0.0 for names in shown]
    figure = Figure(figsize=(_PANEL_IN[0], len(shown) * _PANEL_IN[1] + sum(legends)))
    heights = [_PANEL_IN[1] + legend for legend in legends]
    rows = figure.subfigures(len(shown), 1, squeeze=False, height_ratios=heights)[:, 0]
    for place, (row, names, height) in enumerate(zip(rows, shown, heights, strict=True)):
        _draw(row, shown_sizes(study), trials, known, names, _PANEL_IN[1] / height)
        (name,) = numbered_title([brief([whole := study.title(task, model)], _LETTERS)[whole]], place, len(shown))
        row.text(0.01, 1 - 0.02 * _PANEL_IN[1] / height, name, va="top", fontweight="bold")
        row.axes[0].set_ylabel(f"validation {_cross_entropy(study, task).words}")
        if len(shown) > 1:
            write_signs(row, names, 1 - _PANEL_IN[1] / height)
    return figure


def _draw(
    figure: SubFigure, sizes: Sequence[int], trials: Sequence[Trial], known: Mapping[str, Points],
    strategies: Sequence[str], share: float,
) -> None:  # fmt: skip
    """Some strategies in the upper share of a figure; known: points of each trial."""
    edges = {name: 1 - (1 - _MARGINS[name]) * share for name in ("bottom", "top")}
    figure.subplots_adjust(**{**_MARGINS, **edges})
    for axes, size in zip(figure.subplots(1, len(sizes), sharey=True, squeeze=False)[0], sizes, strict=True):
        here = (trial for trial in trials if trial["size"] == size)
        groups = collect(here, "strategy")
        for strategy in (name for name in strategies if name in groups):
            updates, median = _median(known[trial["id"]] for trial in groups[strategy])
            axes.plot(updates, median, color=look(strategy).light, linestyle=look(strategy).line, linewidth=1.2)
        axes.set_title(f"N = {size}", fontweight="normal", pad=3)
        axes.set_yscale("log")
    figure.text(0.5, 1 - 0.98 * share, "update", ha="center")
    first = figure.axes[0]
    first.yaxis.set_label_coords(_LABEL, 0.5, blended_transform_factory(figure.transSubfigure, first.transAxes))
    error_axis(first, log=True)


def validated(study: Study) -> str:
    """What is drawn, for a reader."""
    words = dict.fromkeys(_cross_entropy(study, task).words for task in study.tasks)
    return f"validation {' or '.join(words)}"


def _cross_entropy(study: Study, task: str) -> Quantity:
    return cross_entropy(len(study.measured.structures[task]))


def _points(updates: NDArray[np.int64], values: NDArray[np.float64]) -> Points:
    drawn = values > 0  # on a logarithmic axis; NaN is not
    return list(zip(updates[drawn].tolist(), values[drawn].tolist(), strict=True))


def _median(histories: Iterable[Points]) -> tuple[list[int], list[float]]:
    """Median over the trials that were validated at an update (a trial that stopped early leaves)."""
    values: dict[int, list[float]] = {}
    for points in histories:
        for update, value in points:
            values.setdefault(update, []).append(value)
    updates = sorted(values)
    return updates, [float(np.median(values[update])) for update in updates]
