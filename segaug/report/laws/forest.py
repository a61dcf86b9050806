"""Forest plots: what each law says, one row a curve, with intervals and with the published fit beside it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from segaug.analysis.law.fit import Fit
from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.law.weighted_law import Estimate, LawFit
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import TEXT_PT, error_axis, note_height_in, write_note
from segaug.report.look.wording import brief
from segaug.report.marks.marks import Tooltips
from segaug.report.study.study import Study

NOT_ONE_BY_ONE = "not to be compared one by one"
_ROW_IN = 0.185  # height of one curve
_WIDTH_IN = 3.9
_TOP_IN, _BOTTOM_IN, _LEGEND_IN = 0.3, 0.5, 0.3
_COLUMN_IN = 2.0  # width of one quantity in a figure for a paper
_LETTER_IN = 0.068
_MOST_LETTERS = 26  # of a strategy's name beside its row
_REACH = 2.5  # an interval may reach so many times beyond the estimates, then it ends in an arrow
_HEADING_LEFT_IN, _MOST_HEADING_LETTERS = 0.04, 50
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
    height = _TOP_IN + _BOTTOM_IN + _ROW_IN * len(rows)
    figure, left = Figure(figsize=(_WIDTH_IN, height)), _names_in(rows) / _WIDTH_IN
    axes = figure.add_axes((left, _BOTTOM_IN / height, 1 - 0.1 / _WIDTH_IN - left, _ROW_IN * len(rows) / height))
    _write_headings(figure, axes, rows)
    return figure, _draw(axes, study, quantity, rows)


def forest_figure(study: Study, note: str) -> Figure:
    """All quantities side by side.  note: below the figure."""
    rows = _rows(study)
    width = _names_in(rows) + _COLUMN_IN * len(QUANTITIES)
    foot, body = note_height_in(note, width) + _BOTTOM_IN, _ROW_IN * len(rows)
    height = foot + body + _TOP_IN + _LEGEND_IN
    figure = Figure(figsize=(width, height))
    for index, quantity in enumerate(QUANTITIES):
        left = _names_in(rows) + _COLUMN_IN * index
        axes = figure.add_axes((left / width, foot / height, 0.9 * _COLUMN_IN / width, body / height))
        _draw(axes, study, quantity, rows)
        axes.tick_params(labelleft=index == 0)
        if index == 0:
            _write_headings(figure, axes, rows)
    figure.legend(handles=forest_signs(), loc="upper left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.2)
    write_note(figure, note)
    return figure


def _names_in(rows: list[Row]) -> float:
    """Width of the names of strategies."""
    return 0.15 + _LETTER_IN * max(len(label) for row, label in zip(rows, _labels(rows), strict=True) if row.fit)


def _labels(rows: list[Row]) -> list[str]:
    short = brief((row.label for row in rows if row.fit), _MOST_LETTERS)
    return [short[row.label] if row.fit else "" for row in rows]


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
    axes.set(xlim=limits, ylim=(len(rows) - 0.5, -0.5))
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
    low, high = estimate.interval.low, estimate.interval.high
    shown = [max(low, limits[0]), min(high, limits[1])]
    axes.plot(shown, [place, place], color=style.light, linewidth=1.3, zorder=2)
    for edge, beyond, sign in (
        (shown[0], estimate.interval.open_low or 0 < low < limits[0], "<"),
        (shown[1], estimate.interval.open_high or high > limits[1], ">"),
    ):
        if beyond:
            axes.plot([edge], [place], marker=sign, markersize=4, color=style.light, zorder=2, clip_on=False)
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


def _write_headings(figure: Figure, axes: Axes, rows: list[Row]) -> None:
    """From the left edge of the figure, over the axes: their row has no marks."""
    where = blended_transform_factory(figure.transFigure, axes.transData)
    left = _HEADING_LEFT_IN / figure.get_size_inches()[0]
    for place, row in enumerate(rows):
        if row.fit is None:
            label = brief([row.label], _MOST_HEADING_LETTERS)[row.label]
            axes.text(left, place, label, transform=where, va="center", fontweight="bold", fontsize=TEXT_PT - 0.5)


def _dress(axes: Axes, study: Study, quantity: Quantity, rows: list[Row]) -> None:
    unit = quantity.unit.replace("error", study.measured.unit)
    axes.set_title(quantity.name if not unit else f"{quantity.name} [{unit}]")
    axes.set_xlabel(quantity.note)
    axes.xaxis.set_label_coords(0.5, -0.32 / (_ROW_IN * len(rows)))
    axes.set_yticks(range(len(rows)), _labels(rows))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)
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
