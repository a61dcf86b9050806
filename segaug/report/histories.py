"""Validation error during training, small multiples."""

from collections.abc import Iterable

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from segaug.measures import Quantity, cross_entropy
from segaug.report.palette import in_order, look
from segaug.report.study import Study, collect
from segaug.report.theme import error_axis

MOST_SIZES = 3
_PANEL_IN = (3.9, 1.8)
_MARGINS = {"left": 0.15, "right": 0.98, "bottom": 0.2, "top": 0.8, "wspace": 0.12}


def shown_sizes(study: Study) -> list[int]:
    """The smallest, the middle and the largest N."""
    sizes = study.sizes
    return sorted({sizes[0], sizes[len(sizes) // 2], sizes[-1]})


def history_panel(study: Study, task: str, model: str) -> Figure | None:
    """One small panel per shown size: the median over seeds of each strategy; None where nothing was validated."""
    key = f"validation_{_cross_entropy(study, task).key}"
    found = study.snapshot.histories(key, [trial["id"] for trial in study.by_group[task, model]])
    known = {trial: points for trial, history in found.items() if (points := _points(*history))}
    if not known:
        return None
    sizes = shown_sizes(study)
    figure = Figure(figsize=_PANEL_IN)
    figure.subplots_adjust(**_MARGINS)
    for axes, size in zip(figure.subplots(1, len(sizes), sharey=True, squeeze=False)[0], sizes, strict=True):
        shown = (trial for trial in study.by_group[task, model] if trial["size"] == size and trial["id"] in known)
        groups = collect(shown, "strategy")
        for strategy in in_order(groups):
            updates, median = _median(known[trial["id"]] for trial in groups[strategy])
            axes.plot(updates, median, color=look(strategy).light, linestyle=look(strategy).line, linewidth=1.2)
        axes.set_title(f"N = {size}", fontweight="normal")
        axes.set_yscale("log")
    figure.text(0.5, 0.02, "update", ha="center")
    first = figure.axes[0]
    first.yaxis.set_label_coords(-0.4, 0.5)
    first.set_ylabel(f"validation {_cross_entropy(study, task).words}")
    error_axis(first, log=True)
    figure.text(0.01, 0.98, study.title(task, model), va="top", fontweight="bold")
    return figure


def validated(study: Study) -> str:
    """What is drawn, for a reader."""
    words = dict.fromkeys(_cross_entropy(study, task).words for task in study.tasks)
    return f"validation {' or '.join(words)}"


def _cross_entropy(study: Study, task: str) -> Quantity:
    return cross_entropy(len(study.measured.structures[task]))


def _points(updates: NDArray[np.int64], values: NDArray[np.float64]) -> list[tuple[int, float]]:
    drawn = values > 0  # on a logarithmic axis; NaN is not
    return list(zip(updates[drawn].tolist(), values[drawn].tolist(), strict=True))


def _median(histories: Iterable[list[tuple[int, float]]]) -> tuple[list[int], list[float]]:
    """Median over the trials that were validated at an update (a trial that stopped early leaves)."""
    values: dict[int, list[float]] = {}
    for points in histories:
        for update, value in points:
            values.setdefault(update, []).append(value)
    updates = sorted(values)
    return updates, [float(np.median(values[update])) for update in updates]
