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
    for (task, model), group in groupby(needs, key=lambda one: (one.key.task, one.key.model)):
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
    for one in curves:
        table.add_row(one.key.strategy, *_cells(one, target))
    return table


def _cells(one: CurveNeed, target: Target) -> tuple[str, str, str, str]:
    found, validation = one.need, str(one.validation)
    if found is None:
        return "?", validation, "?", ""
    both = _number(found, one.validation) if one.counts == "images" else "patients and images"
    return _number(found), validation, both, _at_largest(found, target)


def _number(found: Need, validation: int = 0) -> str:
    """N with its interval, or what is known of it; with the images for validation."""
    low, high = (labels(end, validation) for end in (found.interval.low, found.interval.high))
    smallest, largest = f"<= {low}", f"> {high}"
    if found.outcome in _ONE_BOUND:
        return {"already": smallest, "beyond": largest, "unreachable": "never"}[found.outcome]
    best = {0: smallest, math.inf: largest}.get(found.images) or str(labels(found.images, validation))
    ends = smallest if found.interval.open_low else str(low), largest if found.interval.open_high else str(high)
    return f"{best} ({ends[0]} to {ends[1]})"


def _at_largest(found: Need, target: Target) -> str:
    """What was reached with the most images: the law's error there, or the mean."""
    size = float(found.data.sizes[-1])
    if found.fit is None:
        low, high = (float(end[-1]) for end in mean_intervals(found.data))
        value = float(found.data.means[-1])
    else:
        estimate = found.fit.error(size)
        value, low, high = estimate.value, estimate.interval.low, estimate.interval.high
    first, last = sorted(map(target.in_measure, (low, high)))
    ends = f"{number(first)} to {number(last)}, " if math.isfinite(high) else ""
    return f"{number(target.in_measure(value))} ({ends}N={size:.0f})"


def _notes(curves: Sequence[CurveNeed], target: Target) -> list[str]:
    """Each note once, with the strategies that it is about."""
    said = by_words((text, curve.key.strategy) for curve in curves for text in _curve_notes(curve, target))
    return [f"{'all' if len(names) == len(curves) > 1 else ', '.join(names)}: {text}" for text, names in said.items()]


def _curve_notes(one: CurveNeed, target: Target) -> Iterator[str]:
    found = one.need
    if one.diverged:
        yield f"{one.diverged} of {one.trials} trials diverged and are left out"
    yield from one.beware
    if found is None:
        yield "no trial converged"
    elif found.fit is None:
        yield f"no law was read ({found.reason}): isotonic interpolation in log-log, an interval from size to size"
    else:
        yield from _law_notes(found, found.fit, target)


def _law_notes(found: Need, fit: Fit, target: Target) -> Iterator[str]:
    largest = float(fit.data.sizes[-1])
    if found.outcome == "unreachable" and fit.stated_floor:
        best = f"{'above' if target.is_share else 'below'} {number(target.in_measure(fit.stated_floor.low))}"
        yield f"not reachable with any N if the law holds: no law that these data accept gets {best}"
    else:
        yield from _limits(found, fit, largest)
    yield from flag_words(fit.flags & _SAID)


def _limits(found: Need, fit: Fit, largest: float) -> Iterator[str]:
    """Where an answer leaves the measured sizes, or would have to."""
    if not math.isinf(found.images) and found.interval.high > largest:
        yield f"beyond the largest size, N={largest:.0f}, by extrapolation: only if the law goes on"
    if found.interval.open_high:
        refused = next((step for step in fit.extrapolations if not step.claimed), None)
        why = f"that needs {'; '.join(refused.failed_conditions)}" if refused else "no law is trusted further"
        yield f"nothing is claimed beyond N={found.interval.high:.0f}: {why}"


def _name(target: Target) -> str:
    if target.is_share:
        return f"{target.quantity.words} of {target.value:g} or more"
    return f"{target.measure} of {target.value:g} or less"
