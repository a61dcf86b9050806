"""A logarithmic axis of ratios, with plain numbers at its ticks."""

import math
from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

_LEAST = 1.1  # the axis reaches at least to this ratio, and to its inverse
_ROOM = 0.06  # of the span, beyond what is shown
_MOST_TICKS = 7
_ROUNDING = 1e-9


def ratio_axis(axes: Axes, low: float, high: float) -> None:
    """Scale, limits and ticks of the y axis, so that low, high and 1 are on it."""
    bottom, top = math.log(min(low, 1 / _LEAST)), math.log(max(high, _LEAST))
    room = _ROOM * (top - bottom)
    axes.set_yscale("log")
    axes.set_ylim(math.exp(bottom - room), math.exp(top + room))
    axes.yaxis.set_major_locator(FixedLocator(ratio_ticks(math.exp(bottom), math.exp(top))))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())


def ratio_ticks(low: float, high: float) -> list[float]:
    """At most seven between two ratios on both sides of 1, which is one of them: the finest even choice."""
    choices = ([tick for tick in ticks if low <= tick <= high] for ticks in _ladders(low, high))
    return next(ticks for ticks in choices if len(ticks) <= _MOST_TICKS)


def _ladders(low: float, high: float) -> Iterator[list[float]]:
    for step in (0.05, 0.1, 0.2):
        if high / step < 1000:
            yield [round(step * count, 2) for count in range(1, math.floor(high / step + _ROUNDING) + 1)]
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    yield [float(f"{digit}e{decade}") for decade in decades for digit in (1, 1.5, 2, 3, 5, 7)]
    for base in (2.0, 4.0, 10.0, 100.0, 1e4, 1e8, 1e16, 1e32, 1e64):
        ends = math.log(low) / math.log(base), math.log(high) / math.log(base)
        yield [base**power for power in range(math.ceil(ends[0] - _ROUNDING), math.floor(ends[1] + _ROUNDING) + 1)]
