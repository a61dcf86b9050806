"""What the laws say, a row a curve: filled only where it may be read, open where the data leave an end open."""

import math

import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from segaug.analysis.law.fit import Fit
from segaug.report.laws.forest import QUANTITIES, Quantity, forest, forest_figure, forest_signs
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import themed
from segaug.report.marks.marks import Tooltips
from segaug.report.study.study import Study
from tests.report.drawn import Bar, entries, filled, levels, mark, titles, wears, words
from tests.report.marked_study import FLAT, HEART, KEPT, LUNG, OTHER_MODEL, REJECTED, VAGUE, WORSE

ROWS = {  # row from above -> curve; the others are headings
    1: (*HEART, KEPT),
    3: (*LUNG, KEPT), 4: (*LUNG, REJECTED), 5: (*LUNG, VAGUE), 6: (*LUNG, FLAT), 7: (*LUNG, WORSE),
    9: (*OTHER_MODEL, KEPT),
}  # fmt: skip
HEADINGS = {0: "heart · nnunet", 2: "lung · nnunet", 8: "lung · swin_unet"}
FITTING = {1, 3, 5, 6, 9}  # not rejected
READABLE = {3, 5, 6, 9}  # and of enough sizes
IDENTIFIED = {3, 9}
FILLED = {
    "E(Nmax)": FITTING, "slope at Nmax": READABLE, "φ = c / E(Nmax)": IDENTIFIED, "b": IDENTIFIED, "c": IDENTIFIED,
    "a": IDENTIFIED,
}  # fmt: skip
Forest = tuple[Axes, Tooltips]

every_quantity = pytest.mark.parametrize("quantity", QUANTITIES, ids=[quantity.name for quantity in QUANTITIES])


pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def forests(marked: Study) -> dict[str, Forest]:
    drawn = {}
    with themed():
        for quantity in QUANTITIES:
            figure, tooltips = forest(marked, quantity)
            drawn[quantity.name] = figure.axes[0], tooltips
    return drawn


def fits(study: Study) -> dict[int, Fit]:
    return {row: study.laws_of(task, model)[strategy] for row, (task, model, strategy) in ROWS.items()}


def value_of(name: str, law: object, largest: float) -> float:
    """The quantity, by its definition."""
    a, b, c = law.a, law.b, law.c  # type: ignore[attr-defined]
    error = a * largest**-b + c
    return {
        "E(Nmax)": error, "slope at Nmax": b * (error - c) / error, "φ = c / E(Nmax)": c / error,
        "b": b if a > 0 else math.nan, "c": c, "a": a,
    }[name]  # fmt: skip


@every_quantity
def test_each_estimate_is_the_laws_and_filled_where_it_may_be_read(
    marked: Study, forests: dict[str, Forest], quantity: Quantity
) -> None:
    axes, _ = forests[quantity.name]
    for row, fit in fits(marked).items():
        sign = mark(axes, f"row-{row}")
        ((value, height),) = sign.get_xydata()
        assert height == row
        expected = value_of(quantity.name, fit.law, fit.data.sizes[-1])
        assert value == pytest.approx(expected, nan_ok=True)
        assert wears(sign, ROWS[row][2])
        assert filled(sign) == (row in FILLED[quantity.name]), (quantity.name, row)


@every_quantity
def test_a_bar_is_the_interval_as_far_as_the_axis_goes(
    marked: Study, forests: dict[str, Forest], quantity: Quantity
) -> None:
    axes, _ = forests[quantity.name]
    left, right = axes.get_xlim()
    bars = {bar.at: bar for bar in levels(axes)}
    assert set(bars) == set(ROWS)
    for row, fit in fits(marked).items():
        interval = quantity.of(fit.default).interval
        shown = Bar(row, max(interval.low, left), min(interval.high, right), look(ROWS[row][2]).light)
        assert bars[row] == shown


def arrowheads(axes: Axes, row: int) -> dict[str, float]:
    """Sign at an end of the bar of a row -> where it is."""
    return {line.get_marker(): float(line.get_xdata()[0]) for line in pointed(axes) if line.get_ydata()[0] == row}


def pointed(axes: Axes) -> list[Line2D]:
    """Arrowheads are smaller than the signs of strategies, two of which are triangles too."""
    return [line for line in axes.lines if line.get_marker() in ("<", ">") and line.get_markersize() == 4]


@every_quantity
def test_arrows_are_at_open_ends_and_where_the_axis_cuts_a_bar(
    marked: Study, forests: dict[str, Forest], quantity: Quantity
) -> None:
    axes, _ = forests[quantity.name]
    left, right = axes.get_xlim()
    for row, fit in fits(marked).items():
        interval, expected = quantity.of(fit.default).interval, {}
        if interval.open_low or 0 < interval.low < left:
            expected["<"] = max(interval.low, left)
        if interval.open_high or interval.high > right:
            expected[">"] = min(interval.high, right)
        assert arrowheads(axes, row) == pytest.approx(expected)
        assert {line.get_color() for line in pointed(axes) if line.get_ydata()[0] == row} <= {look(ROWS[row][2]).light}


def test_an_exponent_that_nothing_bounds_is_open_at_both_ends(forests: dict[str, Forest]) -> None:
    axes, _ = forests["b"]
    assert set(arrowheads(axes, 6)) == {"<", ">"}  # of the flat curve
    assert not arrowheads(axes, 3)


@every_quantity
def test_the_published_fit_stands_below_without_an_interval(
    marked: Study, forests: dict[str, Forest], quantity: Quantity
) -> None:
    axes, _ = forests[quantity.name]
    ticks = {round(line.get_ydata()[0]): line for line in axes.lines if line.get_marker() == "|"}
    assert set(ticks) == set(ROWS)
    for row, fit in fits(marked).items():
        ((value, height),) = ticks[row].get_xydata()
        expected = value_of(quantity.name, fit.published.law, fit.data.sizes[-1])
        assert value == pytest.approx(expected, nan_ok=True)
        assert row < height < row + 0.5
        assert ticks[row].get_color() == LIGHT["muted"]


@every_quantity
def test_axes_hold_every_estimate_from_zero_or_in_logarithms(
    marked: Study, forests: dict[str, Forest], quantity: Quantity
) -> None:
    axes, _ = forests[quantity.name]
    assert axes.get_xscale() == ("log" if quantity.name in ("E(Nmax)", "a") else "linear")
    left, right = axes.get_xlim()
    values = [
        value_of(quantity.name, law, fit.data.sizes[-1])
        for fit in fits(marked).values() for law in (fit.law, fit.published.law)
    ]  # fmt: skip
    values = [value for value in values if math.isfinite(value) and (value > 0 or axes.get_xscale() == "linear")]
    assert left < min(values) <= max(values) < right
    assert axes.get_ylim() == (len(ROWS) + len(HEADINGS) - 0.5, -0.5)  # from above
    highest = max(quantity.of(fit.default).interval.high for fit in fits(marked).values())
    assert right <= 1.09 * min(highest, 2.5 * max(values)) or right <= 1.09 * max(values)


def test_rows_are_named_under_the_names_of_their_task_and_model(forests: dict[str, Forest]) -> None:
    axes, _ = forests["c"]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["" if row in HEADINGS else ROWS[row][2] for row in range(10)]
    headings = {text.get_position()[1]: text.get_text() for text in axes.texts if text.get_fontweight() == "bold"}
    assert headings == HEADINGS


def test_what_does_not_fall_is_said_in_place_of_an_exponent(forests: dict[str, Forest]) -> None:
    axes, tooltips = forests["b"]
    said = {text.get_position()[1]: text.get_text() for text in axes.texts if text.get_fontweight() != "bold"}
    assert said == {6: "does not fall"}
    assert "row-6" not in tooltips
    assert "does not fall" in words(forests["a"][0])  # a = 0 has no logarithm
    assert "does not fall" not in words(forests["c"][0])


def test_under_the_pointer_are_estimate_interval_verdict_and_published_fit(
    marked: Study, forests: dict[str, Forest]
) -> None:
    _, tooltips = forests["b"]
    fit = fits(marked)[3]
    low, high = fit.default.b.interval.low, fit.default.b.interval.high
    assert tooltips["row-3"] == [
        f"baseline: b = {fit.law.b:.3g} [{low:.3g}, {high:.3g}]\npublished fit: {fit.published.law.b:.3g}"
    ]
    assert {row: "not identified" in text for row in (3, 4, 5) for text in tooltips[f"row-{row}"]} == {
        3: False, 4: True, 5: True
    }  # fmt: skip


def test_titles_have_units_and_warn_of_what_is_not_to_be_compared_alone(forests: dict[str, Forest]) -> None:
    said = {name: (axes.get_title(loc="left"), axes.get_xlabel()) for name, (axes, _) in forests.items()}
    alone = "not to be compared one by one"
    assert said == {
        "E(Nmax)": ("E(Nmax) [nats per pixel]", ""), "slope at Nmax": ("slope at Nmax", ""),
        "φ = c / E(Nmax)": ("φ = c / E(Nmax)", ""), "b": ("b", ""), "c": ("c [nats per pixel]", alone),
        "a": ("a [nats per pixel · Nᵇ]", alone),
    }  # fmt: skip


def test_a_figure_for_a_paper_has_all_quantities_side_by_side(marked: Study) -> None:
    figure = forest_figure(marked, "small print")
    assert [title.split(" [")[0] for title in titles(figure)] == [quantity.name for quantity in QUANTITIES]
    lefts = [axes.bbox.x0 for axes in figure.axes]
    assert lefts == sorted(lefts)
    assert len({axes.bbox.y0 for axes in figure.axes}) == 1
    assert entries(figure) == [str(sign.get_label()) for sign in forest_signs()]
    assert "small print" in [text.get_text() for text in figure.texts]
    assert "lung · nnunet" in words(figure.axes[0])
    assert "lung · nnunet" not in words(figure.axes[1])  # named once
    assert not figure.axes[1].get_yticklabels()


def test_the_legend_tells_filled_from_hollow() -> None:
    signs = {str(sign.get_label()): sign for sign in forest_signs()}
    assert filled(signs["weighted law, 95 % profile interval"])
    assert not filled(signs["hollow: not identified, or law rejected"])
    assert signs["open end, or beyond the axis"].get_marker() == ">"
    assert signs["published fit: unweighted, no interval"].get_marker() == "|"
