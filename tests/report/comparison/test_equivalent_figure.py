"""What a strategy is worth in data: factors inside what was measured, arrows where the claim ends, grey beyond."""

import math
from collections.abc import Sequence
from itertools import pairwise

import pytest
from matplotlib.axes import Axes

from segaug.analysis.comparison.comparison import Comparison
from segaug.analysis.comparison.equivalent_data import EquivalentSize
from segaug.report.comparison.equivalent_figure import (
    equivalent_figure,
    equivalent_panel,
    equivalent_signs,
    has_factors,
)
from segaug.report.comparison.strategies import compared
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import themed
from segaug.report.marks.marks import Tooltips
from segaug.report.study.study import Study
from tests.report.drawn import arrows, bands, entries, filled, heights_across, mark, points, titles, uprights, wears
from tests.report.marked_study import FLAT, REJECTED, SHORT, SIZES, STRATEGIES, WORSE

COMPARED = STRATEGIES[1:]


pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def comparisons(marked: Study) -> Sequence[Comparison]:
    (group,) = compared(marked).groups
    return group


@pytest.fixture(scope="module")
def panel(marked: Study, comparisons: Sequence[Comparison]) -> tuple[Axes, Tooltips]:
    with themed():
        figure, tooltips = equivalent_panel(marked, comparisons)
    return figure.axes[0], tooltips


def factors(comparisons: Sequence[Comparison], strategy: str) -> tuple[EquivalentSize, ...]:
    (comparison,) = (comparison for comparison in comparisons if comparison.key.strategy == strategy)
    return comparison.equivalent.sizes


def drawn_at(axes: Axes, place: int) -> dict[int, tuple[float, float, bool]]:
    """N -> where its factor is drawn, the factor, and whether its sign is filled; N is the nearest size."""
    drawn = {}
    for kind in ("inside", "end"):
        sign = mark(axes, f"{kind}-{place}")
        assert wears(sign, COMPARED[place])
        for x, y in points(axes, f"{kind}-{place}"):
            assert filled(sign) == (kind == "inside")
            drawn[min(SIZES, key=lambda size: abs(math.log(x / size)))] = x, y, filled(sign)
    return drawn


@pytest.mark.parametrize("strategy", COMPARED)
def test_a_factor_is_where_the_baseline_has_the_same_error_and_hollow_at_the_end_of_the_data(
    panel: tuple[Axes, Tooltips], comparisons: Sequence[Comparison], strategy: str
) -> None:
    drawn = drawn_at(panel[0], COMPARED.index(strategy))
    cells = factors(comparisons, strategy)
    assert sorted(drawn) == [cell.size for cell in cells]
    for cell in cells:
        _, factor, inside = drawn[int(cell.size)]
        assert inside == (SIZES[0] <= cell.equivalent <= SIZES[-1])
        assert factor == pytest.approx(min(max(cell.equivalent, SIZES[0]), SIZES[-1]) / cell.size)


def test_better_strategies_are_above_one_and_worse_ones_below(panel: tuple[Axes, Tooltips]) -> None:
    axes, _ = panel
    assert heights_across(axes) == [1]
    assert drawn_at(axes, COMPARED.index(REJECTED))[16][1] > 1
    assert drawn_at(axes, COMPARED.index(WORSE))[16][1] < 1
    assert not drawn_at(axes, COMPARED.index(WORSE))[2][2]  # worse than the baseline at its smallest N
    assert not drawn_at(axes, COMPARED.index(REJECTED))[64][2]  # better than it at its largest


def test_bars_are_the_claims_and_arrows_their_open_ends(
    panel: tuple[Axes, Tooltips], comparisons: Sequence[Comparison]
) -> None:
    axes, _ = panel
    drawn = {(*tail, "up" if head[1] > tail[1] else "down") for tail, head in arrows(axes)}
    assert all(tail[0] == head[0] for tail, head in arrows(axes))
    bars = {bar.at: bar for bar in uprights(axes)}
    expected = set()
    for place, strategy in enumerate(COMPARED):
        for cell in factors(comparisons, strategy):
            x, _, _ = drawn_at(axes, place)[int(cell.size)]
            low, high = (
                min(max(end, SIZES[0]), SIZES[-1]) / cell.size for end in (cell.interval.low, cell.interval.high)
            )
            assert bars[x][1:] == (pytest.approx(low), pytest.approx(high), look(strategy).light)
            if cell.interval.low < SIZES[0]:
                expected.add((x, bars[x].low, "down"))
            if cell.interval.high > SIZES[-1]:
                expected.add((x, bars[x].high, "up"))
    assert drawn == expected
    assert len(arrows(axes)) == len(expected)
    assert {way for _, _, way in expected} == {"up", "down"}


def test_factors_that_lead_outside_the_data_are_grey(panel: tuple[Axes, Tooltips]) -> None:
    axes, _ = panel
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    edges = [left, *(math.sqrt(low * high) for low, high in pairwise(SIZES)), right]
    shaded = {(round(math.log2(math.sqrt(band.x[0] * band.x[-1]))), band.high[0] == top): band for band in bands(axes)}
    for place, size in enumerate(SIZES):
        least, most = SIZES[0] / size, SIZES[-1] / size
        for above, low, high in ((False, bottom, least), (True, most, top)):
            band = shaded.pop((round(math.log2(size)), above), None)
            assert (band is not None) == (low < high)
            if band is not None:
                assert (band.x[0], band.x[-1]) == pytest.approx((edges[place], edges[place + 1]))
                assert (band.low[0], band.high[0]) == pytest.approx((low, high))
                assert band.colour == LIGHT["muted"]
    assert not shaded


def test_strategies_are_side_by_side_nearer_to_their_own_n(panel: tuple[Axes, Tooltips]) -> None:
    axes, _ = panel
    at_64 = [drawn_at(axes, place)[64][0] for place in range(len(COMPARED))]
    assert at_64 == sorted(set(at_64))
    assert 64 / math.sqrt(2) < at_64[0] < 64 < at_64[-1] < 64 * math.sqrt(2)
    assert drawn_at(axes, COMPARED.index(SHORT)).keys() == {32, 64}
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert list(axes.get_xticks()) == list(SIZES)
    low, high = axes.get_ylim()
    ends = [end for bar in uprights(axes) for end in (bar.low, bar.high)]
    assert low < min(ends) < max(ends) < high


def test_under_the_pointer_is_what_is_claimed(panel: tuple[Axes, Tooltips], comparisons: Sequence[Comparison]) -> None:
    _, tooltips = panel
    place = COMPARED.index(REJECTED)
    inside = [cell for cell in factors(comparisons, REJECTED) if cell.factor is not None]
    assert tooltips[f"inside-{place}"] == [f"red, N = {cell.size:g}: {cell}" for cell in inside]
    assert tooltips[f"end-{place}"][-1] == "red, N = 64: more than 1x"


def test_a_figure_for_a_paper_has_a_panel_a_task_and_the_signs_of_those_compared(
    marked: Study, comparisons: Sequence[Comparison]
) -> None:
    figure = equivalent_figure(marked, [comparisons], "small print")
    assert titles(figure) == ["lung · nnunet"]
    assert entries(figure)[: len(COMPARED)] == list(COMPARED)  # not the baseline
    assert [sign.get_label() for sign in equivalent_signs()] == [
        label.replace("\n", " ") for label in entries(figure)[len(COMPARED) :]
    ]
    assert drawn_at(figure.axes[0], COMPARED.index(FLAT))[16][1] < 1
    assert not filled(equivalent_signs()[0])


def test_there_is_something_to_tell(comparisons: Sequence[Comparison]) -> None:
    assert has_factors(comparisons)
    assert not has_factors([])
