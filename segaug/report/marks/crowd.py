"""Trials that are drawn one by one where there are too many to be told apart, or to be drawn in time."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
MOST_DRAWN = 20  # trials of one strategy and N; 40 curves of 10 sizes and 50 seeds took 45 s and 10 MiB of a page


def drawn(trials: Sequence[T], value: Callable[[T], float]) -> list[T]:
    """All of them, or MOST_DRAWN at evenly spaced ranks of their value, the first and the last among them.

    They keep their order.  Of equal values the earlier one ranks first.
    """
    if len(trials) <= MOST_DRAWN:
        return list(trials)
    ranked = sorted(range(len(trials)), key=lambda place: value(trials[place]))
    ranks = np.linspace(0, len(trials) - 1, MOST_DRAWN).round().astype(int)
    return [trials[place] for place in sorted(ranked[rank] for rank in ranks)]


def drawn_words(most: int, value: str) -> str:
    """The rule for a caption, with a space before it; "" where all are drawn.  most: trials of one strategy and N."""
    if most <= MOST_DRAWN:
        return ""
    return f" (of more than {MOST_DRAWN} those at {MOST_DRAWN} evenly spaced ranks of {value})"
