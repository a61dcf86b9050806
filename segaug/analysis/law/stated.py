"""Intervals of what a verdict states: wide enough to hold in the studies in which it is printed.

A verdict is printed because of what the data happen to show, and where it is rare it is printed of those data that show
too much: of floors that were identified in 5 to 15 % of studies the 95 % interval held about three in four.  At these
levels 95 % or more of what is printed is true, unless fewer than one study in twenty prints it (measured:
benchmarks/coverage.py).
"""

from segaug.analysis.interval import Interval
from segaug.analysis.law.weighted_law import LawFit

IDENTIFIED_LEVEL = 0.995  # of a floor
LEVEL_STATED = 0.99  # of all else


def identified_floor(fit: LawFit) -> Interval:
    """Where the floor lies; its low end may be 0."""
    return fit.at_level(IDENTIFIED_LEVEL).floor


def bounded_floor(fit: LawFit) -> Interval:
    """What the floor would be below."""
    return fit.at_level(LEVEL_STATED).floor


def identified_exponent(fit: LawFit) -> Interval:
    """Where b lies."""
    return fit.at_level(LEVEL_STATED).b
