"""Tables that `segaug fit` prints; each is for the curves of one task and model, a row a strategy."""

import math
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.law.fit import Fit
from segaug.analysis.law.flexible_forms import FLEXIBLE_FORMS
from segaug.analysis.law.forms import FORMS, alternatives
from segaug.findings import laws
from segaug.findings.numbers import NONE, dashed, from_to, number, percent


def errors_table(curves: Sequence[CurveFit]) -> Table:
    """E at the middle and at the largest size, slope and exponent."""
    reference, largest = curves[0].reference_size, {curve.points[-1].size for curve in curves if curve.points}
    columns = ["E" if math.isnan(reference) else f"E, N = {reference:.0f}"]  # NaN: no trial of the study converged
    if largest - {reference}:
        columns.append(f"E, N = {largest.pop()}" if len(largest) == 1 else "E, largest N")
    rows = table("", "strategy", *columns, "slope", "b")
    alike = len({extent(curve) for curve in curves}) == 1
    for curve in curves:
        cells = [_error(curve, reference)]
        if len(columns) > 1:
            size = curve.points[-1].size if curve.points else reference
            cells.append(_error(curve, size, f" (N={size})" if "largest" in columns[1] else ""))
        name = curve.strategy if alike else f"{curve.strategy}\n{extent(curve)}"
        shape = [laws.slope(curve.fit), laws.exponent(curve.fit)] if curve.fit else [laws.UNREAD] * 2
        rows.add_row(name, *cells, *(cell.shown(dashed) for cell in shape))
    return rows


def beyond_table(curves: Sequence[CurveFit]) -> Table:
    """E at twice and four times the largest size, and how well the largest size was predicted by the others."""
    fits = [curve.fit for curve in curves if curve.fit]
    same = len({fit.default.max_size for fit in fits}) == 1
    steps = fits[0].extrapolations
    columns = (f"E, N = {step.size:.0f}" if same else f"E, {step.factor:.0f} x largest N" for step in steps)
    rows = table("", "strategy", *columns, "largest N, predicted")
    for curve in curves:
        if fit := curve.fit:
            cells = (laws.beyond(fit, step).shown(dashed) for step in fit.extrapolations)
            rows.add_row(curve.strategy, *cells, _holdout(fit))
    return rows


def laws_table(curves: Sequence[CurveFit]) -> Table:
    """The law weighted by noise, with intervals and its lack-of-fit test, and below it the published fit."""
    rows = table("", "strategy", "a", "b", "c", "lack of fit", "R²")
    for curve in curves:
        if fit := curve.fit:
            cells = (cell.shown(dashed) for cell in (laws.scale(fit), laws.exponent(fit), laws.floor(fit)))
            rows.add_row(curve.strategy, *cells, "\n".join(laws.lack_of_fit(fit.default)), "")
            *parameters, r2 = laws.published_numbers(fit.published)
            rows.add_row("  as published", *parameters, "", r2)
    return rows


def forms_table(curve: CurveFit, fit: Fit) -> Table:
    """Every form that there are sizes for."""
    columns = ("form", "AICc", "weight", "hold-out", "E, 4 x largest N")
    rows = table(f"Other forms for {curve.strategy}", *columns)
    for form in alternatives(fit.data.sizes, fit.data.means, fit.data.precision, FORMS + FLEXIBLE_FORMS):
        rows.add_row(form.form, *laws.other_form(form, fit))
    return rows


def table(title: str, *columns: str) -> Table:
    """An empty table in the style of this command."""
    empty = Table(title=title or None, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    empty.collapse_padding = True
    for column in columns:
        empty.add_column(column, overflow="fold")  # a narrow terminal must not cut numbers short
    return empty


def extent(curve: CurveFit) -> str:
    """Sizes and seeds, and their subsets where they share these."""
    sizes, seeds, subsets = (
        from_to([getattr(point, name) for point in curve.points] or [0], str, "–") for name in ("size", "n", "subsets")
    )
    shared = f" on {subsets} subsets" if curve.trials.seeds_per_subset > 1 else ""
    return f"N {sizes}, {seeds} seeds{shared}"


def _error(curve: CurveFit, size: float, where: str = "") -> str:
    estimate = curve.error(size)
    if estimate is None:
        known = [point.mean for point in curve.points if point.size == size]
        return f"{number(known[0])}{where}" if known else NONE
    on_cases = curve.population.error(size) if curve.population else None
    cell = laws.Cell(f"{number(estimate.value)}{where}", estimate.interval).shown(dashed)
    return cell + (f"\n({dashed(on_cases)})" if on_cases else "")


def _holdout(fit: Fit) -> str:
    if fit.holdout is None:
        return "not checked"
    return f"{percent(fit.holdout.relative_error, '+.1f')}, {'passed' if fit.holdout.passed else 'failed'}"
