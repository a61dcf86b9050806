"""Tables that `segaug fit` prints; each is for the curves of one task and model, a row a strategy."""

import math
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.interval import Interval
from segaug.analysis.law.extrapolation import Extrapolation
from segaug.analysis.law.fit import Fit
from segaug.analysis.law.flexible_forms import FLEXIBLE_FORMS
from segaug.analysis.law.forms import FORMS, alternatives
from segaug.analysis.law.weighted_law import Estimate, LawFit

NONE = "–"


def errors_table(curves: Sequence[CurveFit]) -> Table:
    """E at the middle and at the largest size, slope and exponent."""
    reference, largest = curves[0].reference_size, {curve.points[-1].size for curve in curves if curve.points}
    columns = ["E" if math.isnan(reference) else f"E, N = {reference:.0f}"]  # NaN: no trial of the study converged
    if largest - {reference}:
        columns.append(f"E, N = {largest.pop()}" if len(largest) == 1 else "E, largest N")
    found = table("", "strategy", *columns, "slope", "b")
    alike = len({extent(curve) for curve in curves}) == 1
    for curve in curves:
        cells = [_error(curve, reference)]
        if len(columns) > 1:
            size = curve.points[-1].size if curve.points else reference
            cells.append(_error(curve, size, f" (N={size})" if "largest" in columns[1] else ""))
        name = curve.strategy if alike else f"{curve.strategy}\n{extent(curve)}"
        found.add_row(name, *cells, *_shape(curve.fit))
    return found


def beyond_table(curves: Sequence[CurveFit]) -> Table:
    """E at twice and four times the largest size, and how well the largest size was predicted by the others."""
    fits = [curve.fit for curve in curves if curve.fit]
    some = any(step.claimed for fit in fits for step in fit.extrapolations)
    same = len({fit.default.max_size for fit in fits}) == 1
    steps = fits[0].extrapolations
    columns = (f"E, N = {step.size:.0f}" if same else f"E, {step.factor:.0f} x largest N" for step in steps)
    found = table("", "strategy", *columns, "largest N, predicted")
    for curve in curves:
        if fit := curve.fit:
            rejected = fit.verdict.floor == "law_rejected"
            cells = ("law rejected" if rejected else _extrapolation(step, some) for step in fit.extrapolations)
            found.add_row(curve.strategy, *cells, _holdout(fit))
    return found


def laws_table(curves: Sequence[CurveFit]) -> Table:
    """The law weighted by noise, with intervals and its lack-of-fit test, and below it the published fit."""
    found = table("", "strategy", "a", "b", "c", "p", "R²")
    for curve in curves:
        if fit := curve.fit:
            published = fit.published.law
            found.add_row(curve.strategy, *_parameters(fit), _lack_of_fit(fit.default), "")
            b = _number(published.b) if published.a > 0 else NONE
            plain = (_number(published.a), b, _number(published.c), "", f"{fit.published.r2:.3f}")
            found.add_row("  as published", *plain)
    return found


def forms_table(curve: CurveFit, fit: Fit) -> Table:
    """Every form that there are sizes for."""
    columns = ("form", "AICc", "weight", "hold-out", "E, 4 x largest N")
    found = table(f"Other forms for {curve.strategy}", *columns)
    for one in alternatives(fit.data.sizes, fit.data.means, fit.data.precision, FORMS + FLEXIBLE_FORMS):
        missed = f"{one.holdout_errors[0] / fit.data.means[-1]:.1%}" if one.holdout_errors else NONE
        beyond = one.predict(4 * fit.data.sizes[-1:])[0]
        found.add_row(one.form, f"{one.aicc:.1f}", f"{one.akaike_weight:.2f}", missed, _number(beyond))
    return found


def table(title: str, *columns: str) -> Table:
    """An empty table in the style of this command."""
    found = Table(title=title or None, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    found.collapse_padding = True
    for column in columns:
        found.add_column(column, overflow="fold")  # a narrow terminal must not cut numbers short
    return found


def extent(curve: CurveFit) -> str:
    """Sizes and seeds, and their subsets where they share these."""
    sizes, seeds, subsets = (
        _range([getattr(point, name) for point in curve.points]) for name in ("size", "n", "subsets")
    )
    shared = f" on {subsets} subsets" if curve.trials.seeds_per_subset > 1 else ""
    return f"N {sizes}, {seeds} seeds{shared}"


def span(interval: Interval) -> str:
    """Its ends; an open one with the sign that says so."""
    low = f"<{_number(interval.low)}" if interval.open_low else _number(interval.low)
    high = "∞" if math.isinf(interval.high) else f"{'>' if interval.open_high else ''}{_number(interval.high)}"
    return f"{low}–{high}"


def _error(curve: CurveFit, size: float, where: str = "") -> str:
    estimate = curve.error(size)
    if estimate is None:
        known = [point.mean for point in curve.points if point.size == size]
        return f"{_number(known[0])}{where}" if known else NONE
    on_cases = curve.population.error(size) if curve.population else None
    return _cell(estimate, where) + (f"\n({span(on_cases)})" if on_cases else "")


def _shape(fit: Fit | None) -> tuple[str, str]:
    if fit is None:
        return NONE, NONE
    if fit.law.a == 0 or fit.verdict.floor == "law_rejected":
        return _cell(fit.default.slope), NONE
    return _cell(fit.default.slope), f"{_number(fit.law.b)}\n{span(fit.stated_exponent or fit.default.b.interval)}"


def _extrapolation(step: Extrapolation, mark: bool) -> str:
    claim = ("\nclaimed" if step.claimed else "\nnot claimed") if mark else ""
    return f"{_number(step.value)}\n{span(step.interval)}{claim}"


def _holdout(fit: Fit) -> str:
    if fit.holdout is None:
        return "not checked"
    return f"{fit.holdout.relative_error:+.1%}, {'passed' if fit.holdout.passed else 'failed'}"


def _parameters(fit: Fit) -> tuple[str, str, str]:
    """a, b and c; without intervals where the law is rejected, and c only as far as its verdict goes."""
    law, default = fit.law, fit.default
    if fit.verdict.floor == "law_rejected":
        return _number(law.a), _number(law.b) if law.a > 0 else NONE, _number(law.c)
    a = f"{_number(law.a)}\n{span(default.profile.scale)}"
    b = f"{_number(law.b)}\n{span(fit.stated_exponent or default.b.interval)}" if law.a > 0 else NONE
    return a, b, _floor(fit)


def _floor(fit: Fit) -> str:
    stated = fit.stated_floor
    if stated and stated.low > 0:
        return f"{_number(fit.law.c)}\n{span(stated)}"
    high = stated or fit.default.floor.interval
    return "unknown" if high.open_high else f"≤ {_number(high.high)}"


def _lack_of_fit(fit: LawFit) -> str:
    """p, and the size of what it speaks of."""
    p, misfit = fit.lack_of_fit.p, fit.misfit.beyond_noise
    return NONE if p is None or misfit is None else f"{p:.2g}\noff {100 * misfit:.1f} %"


def _cell(estimate: Estimate, where: str = "") -> str:
    return f"{_number(estimate.value)}{where}\n{span(estimate.interval)}"


def _number(value: float) -> str:
    return f"{value:.3g}"


def _range(values: Sequence[int]) -> str:
    low, high = min(values, default=0), max(values, default=0)
    return str(low) if low == high else f"{low}–{high}"
