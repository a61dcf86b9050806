"""The numbers behind the forest plots, and those of the published fit."""

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.law.fit import Fit
from segaug.findings import laws
from segaug.findings.numbers import bracketed, number
from segaug.report.blocks.tables import Table
from segaug.report.curves.captions import LAW, PUBLISHED
from segaug.report.study.study import Study


def law_table(study: Study) -> Table:
    """The weighted law of every curve."""
    reference = study.fits[0].reference_size
    return Table(
        f"{LAW} of {study.measured.name}, each N weighted by its noise.\nIn brackets: 95 % profile intervals over "
        f"seeds, for this test set; {laws.STATED}; other patients: 95 % bootstrap interval over seeds and test cases. "
        f"{laws.SLOPE}, at Nmax. φ: share of the floor in E(Nmax). E, slope and φ can be compared; "
        f"{laws.TOGETHER}.",
        ("task", "model", "strategy", "n", f"E(N = {reference:g})", "E(Nmax)", "other patients", "slope", "φ", "b", "c",
         "a"),
        tuple((*curve.key, *_law_cells(curve, fit)) for curve, fit in study.laws),
        strategy_column=2,
        number_columns=frozenset(range(3, 12)),
    )  # fmt: skip


def published_table(study: Study) -> Table:
    """The fit of the published study."""
    return Table(
        f"The published fit beside it: {PUBLISHED}, without intervals.\nOver a wide range of N it is ruled by the "
        "noise at the smallest ones. R²: share of the variation between sizes that it explains.",
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
    largest, reference = fit.default.max_size, curve.error(curve.reference_size)
    patients = curve.population.error(largest) if curve.population else None
    cells = (
        laws.estimate(reference) if reference else laws.UNREAD,
        laws.estimate(fit.error(largest)),
        laws.Cell("", patients) if patients else laws.UNREAD,
        laws.slope(fit),
        laws.floor_share(fit),
        laws.exponent(fit),
        laws.floor(fit),
        laws.scale(fit),
    )
    return laws.trials_per_size(curve), *(cell.shown(bracketed) for cell in cells)


def _published_cells(curve: CurveFit, fit: Fit) -> tuple[str, ...]:
    largest = float(fit.published.law.predict(fit.default.max_size))
    trials = sum(point.n for point in curve.points)
    return (*laws.published_numbers(fit.published), number(largest), str(len(curve.points)), str(trials))
