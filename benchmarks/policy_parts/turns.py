"""Ratios of things that take turns, beside a goal."""

from collections.abc import Mapping
from statistics import median


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
