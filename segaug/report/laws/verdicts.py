"""What may be read from each curve, in words."""

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.law.extrapolation import FACTORS
from segaug.analysis.law.fit import Fit
from segaug.analysis.law.holdout import Holdout
from segaug.findings.flags import flag_words
from segaug.findings.laws import (
    LACK_OF_FIT,
    MISFIT,
    NOT_IDENTIFIABLE,
    REJECTED,
    STATED,
    beyond,
    exponent,
    lack_of_fit,
    rejected,
    trials_per_size,
    unclaimed,
)
from segaug.findings.numbers import NONE, bounded, bracketed, number, percent
from segaug.findings.phrases import by_words
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Study


def verdict_table(study: Study) -> Table | None:
    """One row a curve that has enough sizes; None where none has."""
    readable = [(curve, fit) for curve, fit in study.laws if fit.verdict.floor != "too_few_sizes"]
    if not readable:
        return None
    columns = (f"E({factor} Nmax)" for factor in FACTORS)
    return Table(
        "What these data can and cannot tell; the rules were fixed before any result.\n"
        f"Lack of fit: {LACK_OF_FIT}; below 0.01 the law is rejected and nothing is read from it. {MISFIT}: with "
        "many seeds p sees misfits that may not matter. E beyond the data is conditional on the law. In brackets: 95 % "
        f"profile intervals over seeds, for this test set; {STATED}; n: trials per N.",
        ("task", "model", "strategy", "n", "lack of fit", "floor", "exponent b", *columns, "notes"),
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
        by_sizes = by_words((", ".join(str(point.size) for point in curve.points), curve.strategy) for curve in few)
        lines += [f"{task} · {model}: {', '.join(names)} (N = {sizes})" for sizes, names in by_sizes.items()]
    return lines


def claim_conditions(study: Study) -> list[str]:
    """What values beyond the data lack that are not claimed, with the curves that lack it."""
    readable = (curve for curve, fit in study.laws if fit.verdict.floor != "too_few_sizes")
    where = "{curve.task} · {curve.model} · {curve.strategy} at N = {step.size:.0f}".format
    return [
        f"{condition}: {', '.join(where(curve=curve, step=step) for curve, step in places)}"
        for condition, places in unclaimed(readable).items()
    ]


def _cells(curve: CurveFit, fit: Fit) -> tuple[str, ...]:
    values = (beyond(fit, step).shown(bracketed) for step in fit.extrapolations)
    notes = "; ".join(flag_words(curve.flags)) or NONE
    fits = ", ".join(lack_of_fit(fit.default))
    return (trials_per_size(curve), fits, fit.verdict.reason, _exponent(fit), *values, notes)


def _exponent(fit: Fit) -> str:
    if fit.law.a == 0:
        return "none: no decay"
    if rejected(fit):
        return REJECTED
    words = "" if fit.stated_exponent else f"{NOT_IDENTIFIABLE}:\n"
    return words + exponent(fit).shown(bracketed)


def holdout_words(check: Holdout) -> str:
    """Predicted against observed, in words."""
    return (
        f"N = {check.size:.0f}: predicted {bounded(check.predicted, check.interval)}, observed "
        f"{number(check.observed)} ({percent(check.relative_error, '+.0f')})"
    )
