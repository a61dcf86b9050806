"""What may be read from each curve, in words."""

import math
from collections.abc import Iterable

from segaug.analysis.curves.curve_fit import CurveFit
from segaug.analysis.interval import Interval
from segaug.analysis.law.extrapolation import FACTORS, Extrapolation
from segaug.analysis.law.fit import Fit
from segaug.analysis.law.holdout import Holdout
from segaug.analysis.law.law_fit import LawFit
from segaug.findings.numbers import NONE, number
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Study

FLAGS = {  # flag of a curve -> what it means; those that a verdict or an interval says already are left out
    "law_doubtful": "law fits poorly: intervals widened by what it misses",
    "non_monotone": "error rises somewhere by more than chance",
    "divergence_matters": "diverged trials matter: see Divergence",
    "provisional": "provisional: fewer than 3 seeds",
    "law_not_testable": "law not testable with fewer than 6 sizes",
    "suspicious_zero_variance": "seeds agree to 0.1 %: were they applied?",
    "unequal_seeds": "some sizes have over twice as many trials as others",
    "b_at_bound": "b ended at a limit of its search",
    "trimmed_fit_available": "the law fits from a larger N on",
}


def verdict_table(study: Study) -> Table | None:
    """One row a curve that has enough sizes; None where none has."""
    readable = [(curve, fit) for curve, fit in study.laws if fit.verdict.floor != "too_few_sizes"]
    if not readable:
        return None
    beyond = (f"E({factor} Nmax)" for factor in FACTORS)
    return Table(
        "What these data can and cannot tell; the rules were fixed before any result.\nLack of fit: how often chance "
        "alone would put the means as far from the law; below 0.01 the law is rejected and nothing is read from it. "
        "off: how far they are, as a share of the law and beyond noise (root mean square): with many seeds p sees "
        "misfits that may not matter. "
        "E beyond the data is conditional on the law. In brackets: 95 % profile intervals over seeds, for this test "
        "set; what is stated of b and floor has wider ones, 99 and 99.5 %, so that it holds in 95 % of the studies in "
        "which it is stated; n: trials per N.",
        ("task", "model", "strategy", "n", "lack of fit", "floor", "exponent b", *beyond, "notes"),
        tuple((*curve.key, *_cells(curve, fit)) for curve, fit in readable),
        strategy_column=2,
        number_columns=frozenset({3, 4, 7, 8}),
    )


def without_verdict(study: Study) -> list[str]:
    """Curves with too few sizes, a line a task and model."""
    lines = []
    for task, model in study.groups:
        curves = study.curves_of(task, model).values()
        few = [curve for curve in curves if curve.points and curve.verdict.floor == "too_few_sizes"]
        listed = _by_words((", ".join(str(point.size) for point in curve.points), curve.strategy) for curve in few)
        lines += [f"{task} · {model}: {names} (N = {sizes})" for sizes, names in listed.items()]
    return lines


def claim_conditions(study: Study) -> list[str]:
    """What values beyond the data lack that are not claimed, with the curves that lack it."""
    missing = (
        (condition, f"{curve.task} · {curve.model} · {curve.strategy} at N = {step.size:.0f}")
        for curve, fit in study.laws
        if fit.verdict.floor != "too_few_sizes"
        for step in fit.extrapolations
        for condition in step.failed_conditions
    )
    return [f"{condition}: {places}" for condition, places in _by_words(missing).items()]


def _by_words(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What is said -> whom it is said of, in the order met."""
    found: dict[str, list[str]] = {}
    for words, name in pairs:
        found.setdefault(words, []).append(name)
    return {words: ", ".join(names) for words, names in found.items()}


def counts(curve: CurveFit) -> str:
    """How many trials each N has."""
    found = [point.n for point in curve.points]
    return str(min(found)) if min(found) == max(found) else f"{min(found)} to {max(found)}"


def span(interval: Interval) -> str:
    """An interval in brackets; an open end goes on, and nothing bounds an infinite one."""
    low = f"{'≤ ' if interval.open_low else ''}{number(interval.low)}"
    high = "∞" if math.isinf(interval.high) else f"{'≥ ' if interval.open_high else ''}{number(interval.high)}"
    return f"[{low}, {high}]"


def p_words(fit: LawFit) -> str:
    """p of the lack of fit, and how large it is."""
    p, misfit = fit.lack_of_fit.p, fit.misfit.beyond_noise
    if p is None or misfit is None:
        return "not testable"
    return f"{'p < 0.001' if p < 0.001 else f'p = {p:.2g}'}, off {100 * misfit:.1f} %"


def _cells(curve: CurveFit, fit: Fit) -> tuple[str, ...]:
    rejected = fit.verdict.floor == "law_rejected"
    beyond = ("not read: law rejected" if rejected else _beyond(step) for step in fit.extrapolations)
    notes = "; ".join(text for flag, text in FLAGS.items() if flag in curve.flags) or NONE
    return (counts(curve), p_words(fit.default), fit.verdict.reason, _exponent(fit), *beyond, notes)


def _exponent(fit: Fit) -> str:
    found = fit.default.b
    if fit.law.a == 0:
        return "none: no decay"
    if fit.verdict.floor == "law_rejected":
        return "not read: law rejected"
    if fit.stated_exponent:
        return f"{number(found.value)}\n{span(fit.stated_exponent)}"
    return f"not identifiable from these data:\n{span(found.interval)}"


def _beyond(step: Extrapolation) -> str:
    return f"{number(step.value)}{'' if step.claimed else ', not claimed'}\n{span(step.interval)}"


def holdout_words(check: Holdout) -> str:
    """Predicted against observed, in words."""
    return (
        f"N = {check.size:.0f}: predicted {number(check.predicted)} {span(check.interval)}, observed "
        f"{number(check.observed)} ({100 * check.relative_error:+.0f} %)"
    )
