"""What `segaug need` prints."""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from segaug.analysis.law.fit import Fit, Flag
from segaug.analysis.planning.curve_need import CurveNeed, labels
from segaug.analysis.planning.need import Need, mean_intervals
from segaug.analysis.planning.target import Target
from segaug.cli.names import shortened
from segaug.findings.flags import flag_words
from segaug.findings.numbers import number
from segaug.findings.phrases import by_words

_SAID: frozenset[Flag] = frozenset(
    ("law_doubtful", "law_not_testable", "provisional", "non_monotone", "suspicious_zero_variance")
)
_ONE_BOUND = ("already", "beyond", "unreachable")


def print_needs(needs: Sequence[CurveNeed], target: Target, console: Console) -> None:
    """One table for each task and model, with what to know about its curves."""
    for (task, model), group in groupby(needs, key=lambda curve: (curve.key.task, curve.key.model)):
        curves, legend = shortened(list(group))
        place = ", ".join(filter(None, (task, model)))
        console.print(f"{place + ': ' if place else ''}labelled {curves[0].counts} for a mean test {_name(target)}")
        console.print(_table(curves, target))
        console.print(*legend, *_notes(curves, target), "", sep="\n")
    console.print("N: training; V: validation, the same for every N; both have to be labelled")
    console.print("95 %: new subsets and trainings on these test images; other patients may need more, or less")


def _table(curves: Sequence[CurveNeed], target: Target) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=0, pad_edge=False)
    table.add_column("strategy", overflow="fold")
    for column in ("N", "V", "N + V", f"{target.measure} at the largest N"):
        table.add_column(column, justify="right", overflow="fold")
    for curve in curves:
        table.add_row(curve.key.strategy, *_cells(curve, target))
    return table


def _cells(curve: CurveNeed, target: Target) -> tuple[str, str, str, str]:
    need, validation = curve.need, str(curve.validation)
    if need is None:
        return "?", validation, "?", ""
    both = _number(need, curve.validation) if curve.counts == "images" else "patients and images"
    return _number(need), validation, both, _at_largest(need, target)


def _number(need: Need, validation: int = 0) -> str:
    """N with its interval, or what is known of it; with the images for validation."""
    low, high = (labels(end, validation) for end in (need.interval.low, need.interval.high))
    smallest, largest = f"<= {low}", f"> {high}"
    if need.outcome in _ONE_BOUND:
        return {"already": smallest, "beyond": largest, "unreachable": "never"}[need.outcome]
    best = {0: smallest, math.inf: largest}.get(need.images) or str(labels(need.images, validation))
    ends = smallest if need.interval.open_low else str(low), largest if need.interval.open_high else str(high)
    return f"{best} ({ends[0]} to {ends[1]})"


def _at_largest(need: Need, target: Target) -> str:
    """What was reached with the most images: the law's error there, or the mean."""
    size = float(need.data.sizes[-1])
    if need.fit is None:
        low, high = (float(end[-1]) for end in mean_intervals(need.data))
        value = float(need.data.means[-1])
    else:
        estimate = need.fit.error(size)
        value, low, high = estimate.value, estimate.interval.low, estimate.interval.high
    first, last = sorted(map(target.in_measure, (low, high)))
    ends = f"{number(first)} to {number(last)}, " if math.isfinite(high) else ""
    return f"{number(target.in_measure(value))} ({ends}N={size:.0f})"


def _notes(curves: Sequence[CurveNeed], target: Target) -> list[str]:
    """Each note once, with the strategies that it is about."""
    said = by_words((text, curve.key.strategy) for curve in curves for text in _curve_notes(curve, target))
    return [f"{'all' if len(names) == len(curves) > 1 else ', '.join(names)}: {text}" for text, names in said.items()]


def _curve_notes(curve: CurveNeed, target: Target) -> Iterator[str]:
    need = curve.need
    if curve.diverged:
        yield f"{curve.diverged} of {curve.trials} trials diverged and are left out"
    yield from curve.beware
    if need is None:
        yield "no trial converged"
    elif need.fit is None:
        yield f"no law was read ({need.reason}): isotonic interpolation in log-log, an interval from size to size"
    else:
        yield from _law_notes(need, need.fit, target)


def _law_notes(need: Need, fit: Fit, target: Target) -> Iterator[str]:
    largest = float(fit.data.sizes[-1])
    if need.outcome == "unreachable" and fit.stated_floor:
        best = f"{'above' if target.is_share else 'below'} {number(target.in_measure(fit.stated_floor.low))}"
        yield f"not reachable with any N if the law holds: no law that these data accept gets {best}"
    else:
        yield from _limits(need, fit, largest)
    yield from flag_words(fit.flags & _SAID)


def _limits(need: Need, fit: Fit, largest: float) -> Iterator[str]:
    """Where an answer leaves the measured sizes, or would have to."""
    if not math.isinf(need.images) and need.interval.high > largest:
        yield f"beyond the largest size, N={largest:.0f}, by extrapolation: only if the law goes on"
    if need.interval.open_high:
        refused = next((step for step in fit.extrapolations if not step.claimed), None)
        why = f"that needs {'; '.join(refused.failed_conditions)}" if refused else "no law is trusted further"
        yield f"nothing is claimed beyond N={need.interval.high:.0f}: {why}"


def _name(target: Target) -> str:
    if target.is_share:
        return f"{target.quantity.words} of {target.value:g} or more"
    return f"{target.measure} of {target.value:g} or less"
