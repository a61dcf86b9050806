"""Forest plots: what each law says, one row a curve, with intervals and with the published fit beside it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from segaug.analysis.law.fit import Fit
from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.law.weighted_law import Estimate, LawFit
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import error_axis
from segaug.report.marks.marks import Tooltips
from segaug.report.marks.rows import draw_bar, label_rows, rows_figure, rows_panel
from segaug.report.study.study import Study

NOT_ONE_BY_ONE = "not to be compared one by one"
_REACH = 2.5  # an interval may reach so many times beyond the estimates, then it ends in an arrow
_PUBLISHED_BELOW = 0.28  # rows


@dataclass(frozen=True)
class Quantity:
    """Something that a law says."""

    name: str
    unit: str  # "error" stands for that of the measure
    log: bool
    of: Callable[[LawFit], Estimate]
    of_law: Callable[[PowerLaw, float], float]  # law, largest N
    identified: Callable[[Fit], bool]
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One curve on a forest plot, or the heading of those below it."""

    label: str
    fit: Fit | None = None

    @property
    def heading(self) -> bool:
        """Has it no law?"""
        return self.fit is None


def _b(fit: LawFit) -> Estimate:
    return Estimate(fit.law.b if fit.law.a > 0 else math.nan, fit.b.interval)  # without a decay b means nothing


def _fits(fit: Fit) -> bool:
    return not fit.default.lack_of_fit.rejected


def _readable(fit: Fit) -> bool:
    return fit.verdict.law_readable


def _exponent(fit: Fit) -> bool:
    return fit.verdict.exponent == "identified"


def _floor(fit: Fit) -> bool:
    return fit.verdict.floor == "identified"


QUANTITIES = (
    Quantity("E(Nmax)", "error", True, lambda f: f.error(f.max_size), lambda law, n: float(law.predict(n)), _fits),
    Quantity("slope at Nmax", "", False, lambda f: f.slope, lambda law, n: law.slope(n), _readable),
    Quantity("φ = c / E(Nmax)", "", False, lambda f: f.floor_share, lambda law, n: law.floor_share(n), _floor),
    Quantity("b", "", False, _b, lambda law, n: law.b if law.a > 0 else math.nan, _exponent),
    Quantity("c", "error", False, lambda f: f.floor, lambda law, n: law.c, _floor, NOT_ONE_BY_ONE),
    Quantity(
        "a",
        "error · Nᵇ",
        True,
        lambda f: Estimate(f.law.a, f.profile.scale),
        lambda law, n: law.a,
        _exponent,
        NOT_ONE_BY_ONE,
    ),
)


def forest(study: Study, quantity: Quantity) -> tuple[Figure, Tooltips]:
    """All curves with a law, below the name of their task and model."""
    rows = _rows(study)
    figure, axes = rows_panel(rows)
    return figure, _draw(axes, study, quantity, rows)


def forest_figure(study: Study, note: str) -> Figure:
    """All quantities side by side.  note: below the figure."""
    rows = _rows(study)
    figure, columns = rows_figure(rows, len(QUANTITIES), forest_signs(), note)
    for axes, quantity in zip(columns, QUANTITIES, strict=True):
        _draw(axes, study, quantity, rows)
    return figure


def forest_signs() -> list[Artist]:
    """Legend of the rows."""
    muted, paper = LIGHT["muted"], LIGHT["paper"]
    dot: dict = {"marker": "o", "markersize": 5.5, "markeredgecolor": muted, "color": muted, "linewidth": 1.3}
    return [
        Line2D([], [], **dot, markerfacecolor=muted, label="weighted law, 95 % profile interval"),
        Line2D([], [], **dot, markerfacecolor=paper, label="hollow: not identified, or law rejected"),
        Line2D([], [], linestyle="none", marker=">", markersize=4.5, color=muted, label="open end, or beyond the axis"),
        Line2D([], [], linestyle="none", **_published_marker(), label="published fit: unweighted, no interval"),
    ]


def _rows(study: Study) -> list[Row]:
    rows: list[Row] = []
    for task, model in study.groups:
        if laws := study.laws_of(task, model):
            rows += [Row(study.title(task, model)), *(Row(name, fit) for name, fit in laws.items())]
    return rows


def _draw(axes: Axes, study: Study, quantity: Quantity, rows: list[Row]) -> Tooltips:
    tooltips: Tooltips = {}
    limits = _limits([row.fit for row in rows if row.fit], quantity)
    axes.set_xlim(limits)
    if quantity.log:
        error_axis(axes, log=True, axis="x")
    for place, row in enumerate(rows):
        if row.fit is not None:
            gid = f"row-{place}"
            _draw_row(axes, quantity, row.label, row.fit, place, limits, gid)
            value = quantity.of(row.fit.default).value
            if math.isfinite(value) and (value > 0 or not quantity.log):
                tooltips[gid] = [_tooltip(quantity, row.label, row.fit)]
            else:
                _write_no_fall(axes, place)
    _dress(axes, study, quantity, rows)
    return tooltips


def _draw_row(
    axes: Axes, quantity: Quantity, strategy: str, fit: Fit, place: int, limits: tuple[float, float], gid: str
) -> None:
    style, estimate = look(strategy), quantity.of(fit.default)
    interval = estimate.interval
    below, above = 0 < interval.low < limits[0], interval.high > limits[1]
    beyond = interval.open_low or below, interval.open_high or above
    draw_bar(axes, place, (interval.low, interval.high), style.light, limits, beyond)
    published = quantity.of_law(fit.published.law, fit.default.max_size)
    axes.plot([published], [place + _PUBLISHED_BELOW], zorder=2.5, linestyle="none", **_published_marker())
    face = style.light if quantity.identified(fit) else LIGHT["paper"]
    axes.plot(
        [estimate.value], [place], marker=style.marker, markersize=5.5, markerfacecolor=face, linestyle="none",
        markeredgecolor=style.light, zorder=3, gid=gid,
    )  # fmt: skip


def _write_no_fall(axes: Axes, place: int) -> None:
    """In the place of an estimate: what a curve that does not fall has none of."""
    axes.text(
        0.5, place, "does not fall", transform=axes.get_yaxis_transform(), ha="center", va="center", fontsize=7,
        color=LIGHT["muted"], zorder=3, bbox={"facecolor": LIGHT["paper"], "linewidth": 0, "pad": 1},
    )  # fmt: skip


def _published_marker() -> dict:
    return {"marker": "|", "markersize": 5, "markeredgewidth": 1.1, "color": LIGHT["muted"]}


def _dress(axes: Axes, study: Study, quantity: Quantity, rows: list[Row]) -> None:
    unit = quantity.unit.replace("error", study.measured.unit)
    axes.set_title(quantity.name if not unit else f"{quantity.name} [{unit}]")
    label_rows(axes, rows, quantity.note)
    if not quantity.log:
        axes.locator_params(axis="x", nbins=5)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")


def _tooltip(quantity: Quantity, strategy: str, fit: Fit) -> str:
    estimate = quantity.of(fit.default)
    published = quantity.of_law(fit.published.law, fit.default.max_size)
    said = f"{strategy}: {quantity.name} = {estimate.value:.3g}"
    high = "∞" if math.isinf(estimate.interval.high) else f"{estimate.interval.high:.3g}"  # nothing bounds it
    ends = f"[{estimate.interval.low:.3g}, {high}]"
    return f"{said} {ends}{'' if quantity.identified(fit) else ', not identified'}\npublished fit: {published:.3g}"


def _limits(fits: list[Fit], quantity: Quantity) -> tuple[float, float]:
    """Ends of the axis, shared by all curves: they hold every estimate, and intervals as far as _REACH."""
    estimates = [quantity.of(fit.default) for fit in fits]
    values = [quantity.of_law(fit.published.law, fit.default.max_size) for fit in fits]
    values = [value for value in [*values, *(estimate.value for estimate in estimates)] if math.isfinite(value)]
    ends = [(each.interval.low, each.interval.high) for each in estimates]
    if quantity.log:
        positive = [value for value in values if value > 0] or [1.0]
        low = max(min(low for low, _ in ends), min(positive) / _REACH)
        high = min(max(high for _, high in ends), _REACH * max(positive))
        return min(low, *positive) / 1.08, max(high, *positive) * 1.08
    largest = max(values, default=1.0)  # of b, where no curve falls, whatever is readable
    high = max(min(max(high for _, high in ends), _REACH * largest), largest, 1e-3)
    return -0.03 * high, high * 1.04
