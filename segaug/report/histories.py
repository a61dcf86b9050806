"""Validation error during training, small multiples."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure, SubFigure

from segaug.measures import Quantity, cross_entropy
from segaug.report.measure import Json
from segaug.report.palette import look
from segaug.report.study import Study, collect
from segaug.report.theme import error_axis
from segaug.report.together import part_title, parts, signs_in, write_signs
from segaug.report.wording import brief

MOST_SIZES = 3
_PANEL_IN = (3.9, 1.8)
_LETTERS = 40  # of a title
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
    shown = parts([name for name in study.strategies if any(record["strategy"] == name for record in records)])
    legends = [signs_in(names) if len(shown) > 1 else 0.0 for names in shown]
    figure = Figure(figsize=(_PANEL_IN[0], len(shown) * _PANEL_IN[1] + sum(legends)))
    heights = [_PANEL_IN[1] + legend for legend in legends]
    rows = figure.subfigures(len(shown), 1, squeeze=False, height_ratios=heights)[:, 0]
    for place, (row, names, height) in enumerate(zip(rows, shown, heights, strict=True)):
        _draw(row, study, records, key, names, _PANEL_IN[1] / height)
        (name,) = part_title([brief([whole := study.title(task, model)], _LETTERS)[whole]], place, len(shown))
        row.text(0.01, 1 - 0.02 * _PANEL_IN[1] / height, name, va="top", fontweight="bold")
        row.axes[0].set_ylabel(f"validation {_cross_entropy(study, task).words}")
        if len(shown) > 1:
            write_signs(row, names, 1 - _PANEL_IN[1] / height)
    return figure


def _draw(
    figure: SubFigure, study: Study, records: Sequence[Json], key: str, strategies: Sequence[str], share: float
) -> None:
    """Some strategies in the upper share of a figure."""
    sizes = shown_sizes(study)
    edges = {name: 1 - (1 - _MARGINS[name]) * share for name in ("bottom", "top")}
    figure.subplots_adjust(**{**_MARGINS, **edges})
    for axes, size in zip(figure.subplots(1, len(sizes), sharey=True, squeeze=False)[0], sizes, strict=True):
        groups = collect((record for record in records if record["size"] == size), "strategy")
        for strategy in (name for name in strategies if name in groups):
            updates, median = _median(groups[strategy], key)
            axes.plot(updates, median, color=look(strategy).light, linestyle=look(strategy).line, linewidth=1.2)
        axes.set_title(f"N = {size}", fontweight="normal")
        axes.set_yscale("log")
    figure.text(0.5, 1 - 0.98 * share, "update", ha="center")
    first = figure.axes[0]
    first.yaxis.set_label_coords(-0.4, 0.5)
    error_axis(first, log=True)


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
