"""Time of several things that take turns."""

from collections.abc import Callable, Mapping
from functools import partial
from math import ceil
from statistics import median
from time import perf_counter, process_time

import torch

from .row import Times

Arm = Callable[[], object]
Clock = Callable[[], float]


def cpu_clock() -> float:
    """CPU time of this process [s]."""
    return process_time()


def gpu_clock() -> float:
    """On the wall, when the device has done what it was given [s]."""
    torch.cuda.synchronize()
    return perf_counter()


def seconds(
    arms: Mapping[str, Arm], rounds: int, clock: Clock = cpu_clock, warm: bool = True
) -> dict[str, list[float]]:
    """Of each arm in each round; every round runs all of them once.  warm: one before them warms caches up."""
    times: dict[str, list[float]] = {name: [] for name in arms}
    for turn in range(-warm, rounds):
        for name, run in arms.items():
            start = clock()
            run()
            if turn >= 0:
                times[name].append(clock() - start)
    return times


def in_turns(arms: Mapping[str, Arm], rounds: int, at_least_ms: float = 0) -> dict[str, Times]:
    """Median and best of each arm [ms]; every round runs all of them, and one before them is not counted.

    at_least_ms: a turn is as many calls after one another as take that long, and a time is the mean of them.
    """
    calls = dict.fromkeys(arms, 1)
    if at_least_ms:
        calls = {name: ceil(at_least_ms / (1e3 * _again(run))) for name, run in arms.items()}
    times = seconds({name: partial(_repeated, run, calls[name]) for name, run in arms.items()}, rounds)
    return {name: (1e3 * median(each) / calls[name], 1e3 * min(each) / calls[name]) for name, each in times.items()}


def _again(run: Arm) -> float:
    """Seconds of a second call: the first one may build what is kept."""
    return seconds({"again": run}, 1)["again"][0]


def _repeated(run: Arm, calls: int) -> None:
    for _ in range(calls):
        run()


def both(first: Times, second: Times) -> Times:
    """One after the other."""
    return first[0] + second[0], first[1] + second[1]
