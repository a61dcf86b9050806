"""Time of several things that take turns."""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter, process_time

import torch

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


def ratio_line(
    name: str, times: Mapping[str, list[float]], beside: str, goal: float | None, again: str, images: int = 1
) -> None:
    """Print the median time of an arm, and of its ratios in a round; a goal may be exceeded by the noise of `again`."""
    ratios = {each: median(map(lambda a, b: a / b, times[each], times[beside])) for each in (name, again)}
    noise, said = abs(ratios[again] - 1), ""
    if goal is not None:
        verdict = (
            "met" if ratios[name] <= goal else "within the noise" if ratios[name] <= goal * (1 + noise) else "missed"
        )
        said = f"at most {goal:g}: {verdict}"
    print(f"  {name:22}{1e3 * median(times[name]) / images:10.1f} ms{ratios[name]:8.2f}  {said}".rstrip(), flush=True)
