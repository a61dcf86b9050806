"""The numbers behind the forest plots, and those of the published fit."""

from segaug.analysis.curves.curve_fit import CurveFit
from segaug.analysis.law.fit import Fit
from segaug.analysis.law.law_fit import Estimate
from segaug.findings.numbers import NONE, number
from segaug.report.blocks.tables import Table
from segaug.report.curves.captions import LAW
from segaug.report.laws.verdicts import counts, span
from segaug.report.study.study import Study


def law_table(study: Study) -> Table:
    """The weighted law of every curve."""
    reference = study.fits[0].reference_size
    return Table(
        f"{LAW} of {study.measured.name}, each N weighted by its noise.\nIn brackets: 95 % profile intervals over "
        "seeds, for this test set; other patients: 95 % bootstrap interval over seeds and test cases. slope: per "
        "cent of the error that 1 % more data removes, at Nmax. φ: share of the floor in E(Nmax). E, slope and φ can "
        "be compared; a, b and c of one curve depend on each other: do not rank strategies by one of them. Where b or "
        "c is stated its interval is wider, 99 and 99.5 %, so that it holds where it is stated.",
        (
            "task",
            "model",
            "strategy",
            "n",
            f"E(N = {reference:g})",
            "E(Nmax)",
            "other patients",
            "slope",
            "φ",
            "b",
            "c",
            "a",
        ),
        tuple((*curve.key, *_law_cells(curve, fit)) for curve, fit in study.laws),
        strategy_column=2,
        number_columns=frozenset(range(3, 12)),
    )


def published_table(study: Study) -> Table:
    """The fit of the published study."""
    return Table(
        f"The published fit beside it: {LAW} by unweighted least squares over all converged trials, without "
        "intervals.\nOver a wide range of N it is ruled by the noise at the smallest ones. R²: share of the variation "
        "between sizes that it explains.",
        ("task", "model", "strategy", "a", "b", "c", "R²", "E(Nmax)", "sizes", "trials"),
        tuple((*curve.key, *_published_cells(curve, fit)) for curve, fit in study.laws),
        strategy_column=2,
        number_columns=frozenset(range(3, 10)),
    )


def curve_notes(study: Study) -> list[str]:
    """What is peculiar about single curves."""
    curves = (curve for group in study.groups for curve in study.curves_of(*group).values())
    return [f"{curve.task} · {curve.model} · {curve.strategy}: {curve.note}" for curve in curves if curve.note]


def _law_cells(curve: CurveFit, fit: Fit) -> tuple[str, ...]:
    law, largest = fit.default, fit.default.max_size
    reference = curve.error(curve.reference_size)
    patients = curve.population.error(largest) if curve.population else None
    return (
        counts(curve),
        _estimate(reference) if reference else NONE,
        _estimate(law.error(largest)),
        span(patients) if patients else NONE,
        _estimate(law.slope),
        *_parameters(fit),
    )


def _parameters(fit: Fit) -> tuple[str, str, str, str]:
    """φ, b, c and a; nothing is read from a law that is rejected."""
    law = fit.default
    if fit.verdict.floor == "law_rejected":
        return NONE, NONE, NONE, number(law.law.a)
    scale = f"{number(law.law.a)}\n{span(law.profile.scale)}"
    return _estimate(law.floor_share), _exponent(fit), _floor(fit), scale


def _exponent(fit: Fit) -> str:
    """No value where it is not identified."""
    if fit.stated_exponent:
        return f"{number(fit.law.b)}\n{span(fit.stated_exponent)}"
    return span(fit.default.b.interval)


def _floor(fit: Fit) -> str:
    """No value where none is stated."""
    stated = fit.stated_floor
    if stated and stated.low > 0:
        return f"{number(fit.law.c)}\n{span(stated)}"
    high = stated or fit.default.floor.interval
    return "unknown" if high.open_high else f"≤ {number(high.high)}"


def _estimate(estimate: Estimate) -> str:
    return f"{number(estimate.value)}\n{span(estimate.interval)}"


def _published_cells(curve: CurveFit, fit: Fit) -> tuple[str, ...]:
    law, largest = fit.published.law, float(fit.published.law.predict(fit.default.max_size))
    trials = sum(point.n for point in curve.points)
    numbers = (number(law.a), number(law.b), number(law.c), f"{fit.published.r2:.3f}", number(largest))
    return (*numbers, str(len(curve.points)), str(trials))
