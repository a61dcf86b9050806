"""Validation error during training, small multiples."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from segaug.measures import Quantity, cross_entropy
from segaug.report.measure import Json
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
    records = [record for record in study.by_group[task, model] if any(_points(record, key))]
    if not records:
        return None
    sizes = shown_sizes(study)
    figure = Figure(figsize=_PANEL_IN)
    figure.subplots_adjust(**_MARGINS)
    for axes, size in zip(figure.subplots(1, len(sizes), sharey=True, squeeze=False)[0], sizes, strict=True):
        groups = collect((record for record in records if record["size"] == size), "strategy")
        for strategy in in_order(groups):
            updates, median = _median(groups[strategy], key)
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


def _points(record: Json, key: str) -> tuple[tuple[int, float], ...]:
    history = record["history"]
    pairs = zip(history["update"], history.get(key, ()), strict=False)  # a record that has not measured it has none
    return tuple((update, value) for update, value in pairs if value is not None and value > 0)


def _median(records: Sequence[Json], key: str) -> tuple[list[int], list[float]]:
    """Median over the trials that were validated at an update (a trial that stopped early leaves)."""
    values: dict[int, list[float]] = {}
    for record in records:
        for update, value in _points(record, key):
            values.setdefault(update, []).append(value)
    updates = sorted(values)
    return updates, [float(np.median(values[update])) for update in updates]
