"""CPU time of things that take turns, as rows tell it."""

from collections.abc import Mapping
from statistics import median

from policy_parts.turns import Arm, seconds

from .row import Times


def in_turns(arms: Mapping[str, Arm], rounds: int) -> dict[str, Times]:
    """Median and best of each arm [ms]; every round runs all of them once, and one before them is not counted."""
    return {name: (1e3 * median(each), 1e3 * min(each)) for name, each in seconds(arms, rounds).items()}


def both(first: Times, second: Times) -> Times:
    """One after the other."""
    return first[0] + second[0], first[1] + second[1]
