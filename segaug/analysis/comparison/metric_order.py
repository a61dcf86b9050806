"""Do metrics agree on which strategy is better?

A low cross-entropy needs good confidences, a high Dice only good outlines; recalibration takes the confidences out.  So
metrics may order strategies differently, and one that says "better" alone is a weak reason.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Literal

import numpy as np

from segaug.analysis.comparison.effect import effect
from segaug.analysis.curves.measured_curve import MeasuredCurve
from segaug.analysis.curves.size_point import SizePoint
from segaug.analysis.metric import Metric

Sign = Literal["better", "worse", "unclear"]


@dataclass(frozen=True)
class Order:
    """Strategies of one task and model at one size, the lowest error first."""

    task: str
    model: str
    size: int
    strategies: Mapping[Metric, tuple[str, ...]]
    errors: Mapping[tuple[Metric, str], float]  # means


@dataclass(frozen=True)
class Disagreement:
    """Two strategies of which metrics do not say the same."""

    first: str
    second: str
    signs: Mapping[Metric, Sign]  # of the first against the second, seed by seed; "unclear": 0 is in the 95 % interval

    @property
    def contradicts(self) -> bool:
        """One metric finds the first clearly better, another one clearly worse."""
        return {"better", "worse"} <= set(self.signs.values())


def orders(fits: Mapping[Metric, Sequence[MeasuredCurve]], size: float) -> list[Order]:
    """By task and model; strategies that have that size under every metric of the task.

    fits: of one study, by metric; tasks with one structure and with several are not measured by the same ones.
    """
    orders = []
    for task, model in _groups(fits):
        own = [metric for metric, curves in fits.items() if (task, model) in _groups({metric: curves})]
        errors = {
            (metric, curve.strategy): point.mean
            for metric, curves in fits.items()
            for curve in curves
            for point in curve.points
            if (curve.task, curve.model, point.size) == (task, model, size)
        }
        names = [
            name for name in sorted({name for _, name in errors}) if all((metric, name) in errors for metric in own)
        ]
        if len(names) > 1:
            by_metric = {metric: tuple(sorted(names, key=lambda name: errors[metric, name])) for metric in own}
            orders.append(Order(task, model, int(size), by_metric, errors))
    return orders


def disagreements(fits: Mapping[Metric, Sequence[MeasuredCurve]], order: Order) -> list[Disagreement]:
    """Every pair of the strategies whose order is clear under one metric but not the same under all.

    Pairs share seeds; each interval is of one pair alone, whatever their number.
    """
    values = {
        (metric, curve.strategy): _by_subset(point, curve.trials.seeds_per_subset)
        for metric, curves in fits.items()
        for curve in curves
        for point in curve.points
        if (curve.task, curve.model, point.size) == (order.task, order.model, order.size)
    }
    disagreements = []
    for first, second in combinations(sorted(next(iter(order.strategies.values()))), 2):
        signs = {metric: _sign(values[metric, first], values[metric, second]) for metric in order.strategies}
        if len(set(signs.values())) > 1:
            disagreements.append(Disagreement(first, second, signs))
    return disagreements


def _by_subset(point: SizePoint, seeds: int) -> dict[int, float]:
    """Mean error of each subset that so many seeds share."""
    of_subset: dict[int, list[float]] = defaultdict(list)
    for seed, error in point.values:
        of_subset[seed // seeds].append(error)
    return {subset: fmean(errors) for subset, errors in of_subset.items()}


def _sign(first: Mapping[int, float], second: Mapping[int, float]) -> Sign:
    shared = sorted(first.keys() & second.keys())
    difference = effect(np.array([first[seed] - second[seed] for seed in shared]))
    if difference.interval is None or difference.interval.low <= 0 <= difference.interval.high:
        return "unclear"
    return "better" if difference.mean < 0 else "worse"


def _groups(fits: Mapping[Metric, Sequence[MeasuredCurve]]) -> list[tuple[str, str]]:
    return sorted({(curve.task, curve.model) for curves in fits.values() for curve in curves})
