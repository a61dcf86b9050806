"""What `segaug fit` prints: first what the data say, then the published fit, then what is peculiar."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from segaug.analysis.curves import CurveFit
from segaug.analysis.flexible_forms import FLEXIBLE_FORMS
from segaug.analysis.forms import FORMS, alternatives
from segaug.analysis.interval import Interval
from segaug.analysis.law_fit import Estimate
from segaug.analysis.metric import Metric
from segaug.analysis.metric_order import disagreements, orders

_NAMES = {
    "bce": "test BCE [nats per pixel]",
    "bce_recalibrated": "test BCE after recalibration on validation [nats per pixel]",
    "1-dice": "test 1 - Dice",
    "validation_bce": "lowest validation BCE [nats per pixel]",
    None: "error",
}


def show(fits: Sequence[CurveFit], *, forms: bool = False) -> None:
    """One block for each task and model."""
    console = Console(markup=False, highlight=False)
    for (task, model), group in groupby(fits, key=lambda curve: curve.key[:2]):
        curves = list(group)
        title = ", ".join(filter(None, (task, model)))
        console.print(f"\n{title + ': ' if title else ''}{_NAMES[curves[0].metric]} after training on N images")
        if labels := sorted({point.validation_labels or 0 for one in curves for point in one.points} - {0}):
            console.print(f"each N comes with V = {' or '.join(map(str, labels))} validation labels")
        for block in _blocks(curves, forms):
            console.print(block)


def show_orders(fits: Mapping[Metric, Sequence[CurveFit]]) -> None:
    """Who is first under each metric, and where metrics disagree."""
    console = Console(markup=False, highlight=False)
    curves = [curve for found in fits.values() for curve in found]
    sizes = sorted({curve.reference_size for curve in curves} | {one.points[-1].size for one in curves if one.points})
    for size in sizes:
        for order in orders(fits, size):
            table = _table(f"{order.task}, {order.model}, N = {order.size}: mean error, and rank", "strategy", *fits)
            for name in next(iter(order.strategies.values())):
                ranks = (f"{order.errors[m, name]:.3g} ({order.strategies[m].index(name) + 1})" for m in fits)
                table.add_row(name, *ranks)
            console.print(table)
        for one in disagreements(fits, size):
            signs = ", ".join(f"{sign} by {metric}" for metric, sign in one.signs.items())
            word = "contradiction" if one.contradicts else "not all clear"
            console.print(f"{word}: {one.task}, N = {one.size}: {one.first} against {one.second}: {signs}")
    console.print("paired over seeds, on this test set; each pair alone, whatever their number\n", style="dim")


def trial_counts(fits: Sequence[CurveFit]) -> str:
    """One line: how the planned trials ended."""
    states = [state for curve in fits for state in curve.states]
    words = ("ok", "diverged", "failed", "missing")
    return "trials: " + ", ".join(f"{sum(getattr(state, word) for state in states)} {word}" for word in words)


def _blocks(curves: Sequence[CurveFit], forms: bool) -> Iterator[object]:
    yield _errors(curves)
    with_law = [curve for curve in curves if curve.fit]
    yield from _lines("Is there a floor, an error that no amount of data removes?", _floors(curves))
    if with_law:
        yield from _lines("Beyond the data, if the law holds", _beyond(with_law))
        yield _published(with_law)
    if forms:
        for curve in with_law:
            yield _forms(curve)
    yield from _lines(
        "Notes", [f"{curve.strategy}: {note}" for curve in curves for note in curve.note.split("; ") if note]
    )


def _errors(curves: Sequence[CurveFit]) -> Table:
    reference = curves[0].reference_size
    table = _table("", "strategy", f"E, N = {reference:.0f}", "E, largest N", "slope", "b")
    for curve in curves:
        largest = curve.points[-1].size if curve.points else reference
        cells = [_error(curve, reference), _error(curve, largest, f" (N = {largest:.0f})")]
        if fit := curve.fit:
            cells += [_cell(fit.default.slope), _cell(fit.default.b) if fit.law.a > 0 else "none"]
        table.add_row(f"{curve.strategy}\n{_extent(curve)}", *cells)
    table.caption = (
        "E: error; below it 95 % over new seeds on this test set, in brackets for other patients, too\n"
        "slope: per cent of the error that 1 % more data removes, at the largest N; b: exponent"
    )
    return table


def _error(curve: CurveFit, size: float, where: str = "") -> str:
    estimate = curve.error(size)
    if estimate is None:
        known = [point.mean for point in curve.points if point.size == size]
        return f"{known[0]:.3g}{where}" if known else "not measured"
    on_cases = curve.population.error(size) if curve.population else None
    return f"{_cell(estimate, where)}" + (f"\n({_span(on_cases)})" if on_cases else "")


def _floors(curves: Sequence[CurveFit]) -> list[str]:
    """Verdicts word for word; strategies with the same one share a line."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for curve in curves:
        exponent = "" if curve.verdict.exponent == "identified" else "; b is not identified either"
        provisional = " (provisional)" if "provisional" in curve.flags else ""
        reasons[f"{curve.verdict.reason}{exponent}{provisional}"].append(curve.strategy)
    return [f"{', '.join(names)}: {reason}" for reason, names in reasons.items()]


def _beyond(curves: Sequence[CurveFit]) -> list[str]:
    lines, failed = [], defaultdict(list)
    for curve in curves:
        steps = curve.fit.extrapolations if curve.fit else ()
        for step in steps:
            for condition in step.failed_conditions:
                failed[condition].append(f"{curve.strategy} at N = {step.size:.0f}")
        values = (
            f"{step.value:.3g} [{_span(step.interval)}] at N = {step.size:.0f}{'' if step.claimed else ', not claimed'}"
            for step in steps
        )
        lines.append(f"{curve.strategy}: {'; '.join(values)}")
    for condition, places in failed.items():
        everywhere = len(places) == sum(len(curve.fit.extrapolations) for curve in curves if curve.fit)
        lines.append(f"not claimed without {condition}: {'all' if everywhere else ', '.join(places)}")
    return lines


def _published(curves: Sequence[CurveFit]) -> Table:
    table = _table("Laws E(N) = a N^-b + c", "strategy", "a", "b", "c", "published a", "b", "c", "R²")
    for curve in curves:
        if fit := curve.fit:
            law, published = fit.law, fit.published
            default = [
                f"{law.a:.3g}",
                f"{law.b:.3g}" if law.a > 0 else "none",
                _floor(fit.default.floor, fit.default.floor_share),
            ]
            table.add_row(
                curve.strategy, *default, f"{published.law.a:.3g}", f"{published.law.b:.3g}", f"{published.law.c:.3g}",
                f"{published.r2:.3f}",
            )  # fmt: skip
    table.caption = (
        "left: weighted by the noise at each N; published: all trials alike\n"
        "a, b and c of one law are only meaningful together"
    )
    return table


def _floor(floor: Estimate, share: Estimate) -> str:
    """c with its interval only where it may not be 0."""
    if share.interval.low < 0.05:
        return f"<= {floor.interval.high:.3g}" if not floor.interval.open_high else "unknown"
    return f"{floor.value:.3g}"


def _forms(curve: CurveFit) -> Table:
    table = _table(f"Other forms of {curve.strategy}", "form", "AICc", "weight", "hold-out error", "E, 4 x largest N")
    if fit := curve.fit:
        for one in alternatives(fit.data.sizes, fit.data.means, fit.data.precision, FORMS + FLEXIBLE_FORMS):
            missed = f"{one.holdout_errors[0] / fit.data.means[-1]:.1%}" if one.holdout_errors else ""
            beyond = one.predict(4 * fit.data.sizes[-1:])[0]
            table.add_row(one.form, f"{one.aicc:.1f}", f"{one.akaike_weight:.2f}", missed, f"{beyond:.3g}")
    table.caption = "a diagnostic: the law with a floor stays the reference, whatever wins here"
    return table


def _lines(title: str, lines: Sequence[str]) -> Iterator[object]:
    if lines:
        yield title
        yield from (Padding(line, (0, 0, 0, 2)) for line in lines)
        yield ""


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title or None, title_justify="left", caption_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.collapse_padding = True
    for column in columns:
        table.add_column(column, overflow="fold")  # a narrow terminal must not cut numbers short
    return table


def _cell(estimate: Estimate, where: str = "") -> str:
    return f"{estimate.value:.3g}{where}\n{_span(estimate.interval)}"


def _span(interval: Interval) -> str:
    low = f"{'<' if interval.open_low else ''}{interval.low:.3g}"
    return f"{low} to {'>' if interval.open_high else ''}{interval.high:.3g}"


def _extent(curve: CurveFit) -> str:
    sizes, trials = [point.size for point in curve.points], [point.n for point in curve.points]
    return f"N {_range(sizes)}, {_range(trials)} seeds"


def _range(values: Sequence[int]) -> str:
    low, high = min(values, default=0), max(values, default=0)
    return str(low) if low == high else f"{low}-{high}"
