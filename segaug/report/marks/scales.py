"""Axes of errors against N: one range per task, so that models and strategies can be compared."""

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, product

from matplotlib.axes import Axes

from segaug.report.look.palette import LIGHT
from segaug.report.look.theme import error_axis, size_axis
from segaug.report.study.measure import Measure
from segaug.report.study.study import Study, mean_by_size

_DODGE = 0.22  # share of the way to the next N over which strategies are spread


def shift(strategies: Sequence[str], sizes: Sequence[float], strategy: str) -> float:
    """Factor on N that sets strategies side by side; sizes: increasing.

    Less than would separate them all, for a mean must stay near its law.
    """
    gap = min((math.log2(high / low) for low, high in pairwise(sizes)), default=1.0)
    place = strategies.index(strategy) / max(len(strategies) - 1, 1)
    return 2.0 ** (_DODGE * gap * (place - 0.5)) if len(strategies) > 1 else 1.0


def set_axes(axes: Axes, study: Study, measure: Measure, task: str, model: str, laws: bool) -> None:
    """Labels, ticks and ranges; laws: let N reach as far as any law of the task is claimed."""
    axes.set_xlabel(
        f"labelled training {study.counted} N (+ V = {validation_labels(study, task, model)} for validation)"
    )
    axes.set_ylabel(measure.axis)
    sizes = _sizes(study, task, model)
    last = _claimed(study, task) if laws else 0.0
    size_axis(axes, sizes, last)
    if last > sizes[-1]:  # no trial has been there
        axes.axvspan(sizes[-1], axes.get_xlim()[1], color=LIGHT["grid"], alpha=0.5, linewidth=0, zorder=0)
    low, high = _limits(study, measure, task)
    axes.set_ylim(min(low, _lowest_floor(study, task, low)) if laws else low, high)
    error_axis(axes, measure.log)


@lru_cache(maxsize=16)
def _sizes(study: Study, task: str, model: str) -> list[int]:
    return sorted({record["size"] for record in study.by_group[task, model]})


@lru_cache(maxsize=16)
def validation_labels(study: Study, task: str, model: str) -> str:
    """How many labels the trials of a panel have cost beside N."""
    counts = {record["validation_labels"] for record in study.by_group[task, model]}
    return str(min(counts)) if len(counts) == 1 else f"{min(counts)} to {max(counts)}"


@lru_cache(maxsize=16)  # of the panels that are drawn now
def references(study: Study, measure: Measure, task: str, model: str) -> dict[str, dict[int, float]]:
    """ "atlas" and "constant" -> size -> mean value over the panel's trials."""
    records = study.by_group[task, model]
    return {
        name: mean_by_size((record["size"], of(record)) for record in records)
        for name, of in (("atlas", measure.of_atlas), ("constant", measure.of_constant))
    }


def _claimed(study: Study, task: str) -> float:
    return max((fit.claimed_size for curve, fit in study.laws if curve.task == task), default=0.0)


def _lowest_floor(study: Study, task: str, low: float) -> float:
    """Where the bracket of an identified floor ends, not far below the data."""
    floors = (fit.stated_floor.low for curve, fit in study.laws
              if curve.task == task and fit.verdict.floor == "identified" and fit.stated_floor)  # fmt: skip
    return max(min(floors, default=low) / 1.1, low / 2)


def _limits(study: Study, measure: Measure, task: str) -> tuple[float, float]:
    """All trials and references of the task, of the measure and those that share its range: found out once."""
    if (measure, task) not in study.ranges:
        study.ranges[measure, task] = _find_limits(study, measure, task)
    return study.ranges[measure, task]


def _find_limits(study: Study, measure: Measure, task: str) -> tuple[float, float]:
    values: list[float] = []
    for model, each in product(study.models, study.measured.alike(task, measure)):
        if (task, model) in study.by_group:
            values += [seed.value for seeds in study.seeds(each, task, model).values() for seed in seeds]
            values += [value for known in references(study, each, task, model).values() for value in known.values()]
    if not measure.log:
        return max(0.0, min(values, default=0.0) - 0.05), 1.0
    positive = [value for value in values if value > 0] or [1.0]
    return min(positive) / 1.15, max(positive) * 1.25
