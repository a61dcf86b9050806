"""What `segaug fit` prints: first what the data say, then the laws, then what is peculiar."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from rich.padding import Padding
from rich.table import Table

from segaug import terminal
from segaug.analysis.comparison.metric_order import Disagreement, Order, disagreements, orders
from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.metric import Metric
from segaug.analysis.trials.curve_trials import of_own_trials
from segaug.cli.fit_tables import beyond_table, errors_table, extent, forms_table, laws_table, table
from segaug.cli.metric_text import metric_text
from segaug.cli.names import shortened
from segaug.findings.comparisons import CLEAR
from segaug.findings.laws import LACK_OF_FIT, MISFIT, NOT_IDENTIFIABLE, SLOPE, STATED, TOGETHER, unclaimed
from segaug.findings.numbers import number, p_equals
from segaug.findings.phrases import by_words
from segaug.results.states import STATUSES

_ABOUT_ERRORS = (
    f"E: error; below it 95 % over new seeds on this test set, in brackets over new patients, too. {SLOPE}, at the "
    "largest N. b: exponent; 99 % where it is identified.",
)
_ABOUT_LAWS = (
    f"below a, b, c: 95 % over new seeds, each by itself; {STATED}. {TOGETHER}. p: {LACK_OF_FIT}; {MISFIT}.",
    "as published: all trials count alike, and there are no intervals",
)


def show(fits: Sequence[CurveFit], *, forms: bool = False) -> None:
    """One block for each task and model.  forms: with the other forms of every curve."""
    console = terminal.console(markup=False)
    for (task, model), group in groupby(fits, key=lambda curve: curve.key[:2]):
        curves, legend = shortened(list(group))
        console.print()
        console.print(": ".join(filter(None, (", ".join(filter(None, (task, model))), metric_text(curves[0].metric)))))
        console.print(_training(curves), *legend, sep="\n")
        for block in _blocks(curves, forms):
            console.print(block)


def show_orders(fits: Mapping[Metric, Sequence[CurveFit]]) -> None:
    """Who is first under each metric, and where metrics do not agree."""
    console = terminal.console(markup=False)
    curves = [curve for of_metric in fits.values() for curve in of_metric if curve.points]
    sizes = {curve.reference_size for curve in curves} | {curve.points[-1].size for curve in curves}
    for order in (order for size in sorted(sizes) for order in orders(fits, size)):
        where = ", ".join(filter(None, (order.task, order.model, f"N = {order.size}")))
        console.print(f"{where}: mean error, and rank")
        console.print(_ranks(order))
        if pairs := disagreements(fits, order):
            console.print("the first of two against the second; not all metrics say the same:")
            console.print(_signs(pairs))
    console.print(f"{CLEAR} Empty: not clear.", "`segaug fit --metric M` prints one metric in full.\n", sep="\n")


def _ranks(order: Order) -> Table:
    ranks = table("", "strategy", *order.strategies)
    for name in next(iter(order.strategies.values())):
        cells = (f"{number(order.errors[m, name])} ({names.index(name) + 1})" for m, names in order.strategies.items())
        ranks.add_row(name, *cells)
    return ranks


def _signs(pairs: Sequence[Disagreement]) -> Table:
    signs = table("", "first", "second", *pairs[0].signs, "")
    for pair in sorted(pairs, key=lambda pair: not pair.contradicts):
        words = ("" if sign == "unclear" else sign for sign in pair.signs.values())
        signs.add_row(pair.first, pair.second, *words, "contradiction" if pair.contradicts else "")
    return signs


def trial_counts(fits: Sequence[CurveFit]) -> str:
    """One line: how the planned trials ended, each told once whatever the ways of predicting."""
    own = of_own_trials([curve.trials for curve in fits])
    fits = [curve for curve in fits if curve.trials in own]
    states = [state for curve in fits for state in curve.states]
    counts = [f"{sum(getattr(state, status) for state in states)} {status}" for status in STATUSES]
    lacking = sum(len(curve.trials.unmeasured) for curve in fits)
    return "trials: " + ", ".join([*counts, *([f"{lacking} not measured"] if lacking else [])])


def _training(curves: Sequence[CurveFit]) -> str:
    """What the trials have cost."""
    extents = {extent(curve) for curve in curves}
    labels = sorted({point.validation_labels or 0 for curve in curves for point in curve.points} - {0})
    counted = " or ".join(sorted({curve.trials.counted for curve in curves}))
    unit = "" if counted == "images" else " images"
    validation = f", and V = {' or '.join(map(str, labels))}{unit} for validation" if labels else ""
    return f"labelled {counted}: N for training{validation}" + (f"; {extents.pop()}" if len(extents) == 1 else "")


def _blocks(curves: Sequence[CurveFit], forms: bool) -> Iterator[object]:
    yield errors_table(curves)
    yield from _lines("", _ABOUT_ERRORS)
    yield from _lines("Is there a floor, an error that no amount of data removes?", _shared(_floors(curves)))
    if fitted := [curve for curve in curves if curve.fit]:
        claimed = any(step.claimed for curve in fitted if curve.fit for step in curve.fit.extrapolations)
        yield f"Beyond the data, if the law holds{'' if claimed else '; nothing of this is claimed'}:"
        yield beyond_table(fitted)
        yield from _lines("", _unclaimed(fitted))
        yield "Laws a N^-b + c, weighted by the noise at each N, and as published:"
        yield laws_table(fitted)
        yield from _lines("", _ABOUT_LAWS)
    for curve in fitted if forms else ():
        if curve.fit:
            yield forms_table(curve, curve.fit)
            yield from _lines("", ["a diagnostic: the law with a floor stays the reference, whatever wins here"])
    notes = ((note, curve.strategy) for curve in curves for note in curve.notes)
    yield from _lines("Notes", _shared(notes))


def _floors(curves: Sequence[CurveFit]) -> Iterator[tuple[str, str]]:
    """Verdicts word for word."""
    for curve in curves:
        exponent = "" if curve.verdict.exponent == "identified" else f"; b is {NOT_IDENTIFIABLE}"
        provisional = " (provisional)" if "provisional" in curve.flags else ""
        tested = f" (test of c = 0: {p_equals(curve.fit.p_no_floor)})" if curve.fit and _tested(curve) else ""
        yield f"{curve.verdict.reason}{tested}{exponent}{provisional}", curve.strategy


def _tested(curve: CurveFit) -> bool:
    """Is a floor a question of these data?"""
    return curve.verdict.floor in ("identified", "bounded", "not_identifiable")


def _unclaimed(curves: Sequence[CurveFit]) -> list[str]:
    """Why values beyond the data are not claimed."""
    steps = sum(len(curve.fit.extrapolations) for curve in curves if curve.fit)
    lines = []
    for condition, places in unclaimed(curves).items():
        factors_of = by_words((curve.strategy, f"{step.factor:.0f} x") for curve, step in places)
        names = ", ".join(f"{name} ({', '.join(factors)})" for name, factors in factors_of.items())
        lines.append(f"not claimed without {condition}" + ("" if len(places) == steps else f": {names}"))
    return lines


def _shared(said: Iterable[tuple[str, str]]) -> list[str]:
    """Strategies of which the same is said share a line."""
    return [f"{', '.join(names)}: {text}" for text, names in by_words(said).items()]


def _lines(title: str, lines: Sequence[str]) -> Iterator[object]:
    if lines:
        if title:
            yield title
        yield from (Padding(line, (0, 0, 0, 2)) for line in lines)
        yield ""
