"""CPU time of things that take turns, as rows tell it."""

from collections.abc import Mapping
from functools import partial
from math import ceil
from statistics import median

from policy_parts.turns import Arm, seconds

from .row import Times


def in_turns(arms: Mapping[str, Arm], rounds: int, at_least_ms: float = 0) -> dict[str, Times]:
    """Median and best of each arm [ms]; every round runs all of them, and one before them is not counted.

    at_least_ms: a turn is as many calls after one another as take that long, and a time is the mean of them.
    """
    calls = {name: ceil(at_least_ms / (1e3 * _again(run))) or 1 for name, run in arms.items()} if at_least_ms else {}
    turns = {name: partial(_repeated, run, calls.get(name, 1)) for name, run in arms.items()}
    times = seconds(turns, rounds)
    return {
        name: (1e3 * median(each) / calls.get(name, 1), 1e3 * min(each) / calls.get(name, 1))
        for name, each in times.items()
    }


def _again(run: Arm) -> float:
    """Seconds of a second call: the first one may build what is kept."""
    return seconds({"again": run}, 1)["again"][0]


def _repeated(run: Arm, calls: int) -> None:
    for _ in range(calls):
        run()


def both(first: Times, second: Times) -> Times:
    """One after the other."""
    return first[0] + second[0], first[1] + second[1]
