"""Strategies side by side at each N, so that no interval hides another."""

import math
from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes

from segaug.report.look.theme import size_axis

_SHARE = 0.62  # of the way to the next size that the strategies of one size take up
_ALONE = 1.0  # doublings to a next size where there is none
_MARGIN = 0.55  # of that way, left and right of the outer sizes


def dodge(strategies: Sequence[str], sizes: Sequence[int]) -> dict[str, float]:
    """Factor on N for each strategy; sizes: increasing, those of the axis."""
    steps = max(len(strategies) - 1, 1)
    centre = 0.5 if len(strategies) > 1 else 0.0
    return {name: 2.0 ** (_SHARE * _gap(sizes) * (place / steps - centre)) for place, name in enumerate(strategies)}


def dodged_axis(axes: Axes, sizes: list[int]) -> None:
    """Logarithmic x axis with room for the strategies of the outer sizes."""
    size_axis(axes, sizes)
    room = 2.0 ** (_MARGIN * _gap(sizes))
    axes.set_xlim(sizes[0] / room, sizes[-1] * room)


def _gap(sizes: Sequence[int]) -> float:
    """Doublings between the two sizes that are closest."""
    return min((math.log2(high / low) for low, high in pairwise(sizes)), default=_ALONE)
