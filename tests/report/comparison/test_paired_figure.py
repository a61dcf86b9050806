"""Ratios to the baseline: pairs joined by seed, means of pairs, filled where Holm's correction leaves a difference."""

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from segaug.report.comparison.paired_figure import paired_figure, paired_panel, paired_signs
from segaug.report.comparison.strategies import compared
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import themed
from segaug.report.marks.marks import Tooltips
from segaug.report.study.study import Study, load_study
from tests.report.drawn import colour, filled, heights_across, mark, points, titles, uprights, wears
from tests.report.marked_study import (
    FLAT,
    KEPT,
    LUNG,
    REJECTED,
    SHORT,
    SIZES,
    STRATEGIES,
    VAGUE,
    WORSE,
    cells,
    diverged,
    error,
)
from tests.report.odd_studies import Odd

COMPARED = STRATEGIES[1:]
DIFFERING = {  # strategy -> N at which it differs from the baseline after Holm's correction
    REJECTED: set(SIZES), VAGUE: set(), FLAT: set(SIZES), SHORT: {64}, WORSE: {8, 64},
}  # fmt: skip
Panels = dict[str, Axes]


pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def drawn(marked: Study) -> tuple[Figure, Tooltips]:
    (comparisons,) = compared(marked).groups
    with themed():
        return paired_panel(marked, comparisons)


@pytest.fixture(scope="module")
def panels(drawn: tuple[Figure, Tooltips]) -> Panels:
    return dict(zip(COMPARED, drawn[0].axes, strict=False))


def pairs(strategy: str) -> dict[int, dict[int, tuple[float, float]]]:
    """Seed -> N -> error of the strategy and of the baseline, where both converged."""
    known = {(cell.size, cell.seed): error(cell) for cell in cells(*LUNG, KEPT)}
    paired: dict[int, dict[int, tuple[float, float]]] = {}
    for cell in sorted(cells(*LUNG, strategy), key=lambda cell: (cell.seed, cell.size)):
        if not diverged(cell):
            paired.setdefault(cell.seed, {})[cell.size] = error(cell), known[cell.size, cell.seed]
    return paired


def ratio_at(strategy: str, size: int) -> float:
    """Of the mean errors over the pairs."""
    of_size = [own[size] for own in pairs(strategy).values() if size in own]
    mine, baselines = zip(*of_size, strict=True)
    return float(np.mean(mine) / np.mean(baselines))


@pytest.mark.parametrize("strategy", COMPARED)
def test_every_pair_is_a_point_joined_to_those_of_its_own_seed(panels: Panels, strategy: str) -> None:
    axes, place = panels[strategy], COMPARED.index(strategy)
    own = [[(size, mine / base) for size, (mine, base) in of.items()] for of in pairs(strategy).values()]
    np.testing.assert_allclose(points(axes, f"pairs-{place}"), [point for of in own for point in of])
    (lines,) = (artist for artist in axes.collections if isinstance(artist, LineCollection))
    for segment, expected in zip(lines.get_segments(), own, strict=True):
        np.testing.assert_allclose(segment, expected)
    assert colour(mark(axes, f"pairs-{place}")) == look(strategy).light


def cells_drawn(axes: Axes, place: int) -> dict[float, tuple[float, bool]]:
    """N of each ratio -> its value, and whether its sign is filled."""
    drawn = {}
    for kind in ("differs", "same"):
        for artist in axes.findobj(lambda artist: artist.get_gid() == f"{kind}-{place}"):  # noqa: B023
            assert filled(artist) == (kind == "differs")
            assert wears(artist, COMPARED[place])
            drawn |= {float(x): (float(y), filled(artist)) for x, y in artist.get_xydata()}
    return drawn


@pytest.mark.parametrize("strategy", COMPARED)
def test_a_ratio_is_of_means_over_pairs_and_filled_after_holms_correction(panels: Panels, strategy: str) -> None:
    drawn = cells_drawn(panels[strategy], COMPARED.index(strategy))
    sizes = [size for size in SIZES if size in drawn]
    assert sizes == ([32, 64] if strategy == SHORT else list(SIZES))
    assert [drawn[size][0] for size in sizes] == pytest.approx([ratio_at(strategy, size) for size in sizes])
    assert {size for size in sizes if drawn[size][1]} == DIFFERING[strategy]
    (beyond,) = set(drawn) - set(sizes)  # all sizes together
    assert beyond == 2 * SIZES[-1]
    overall = math.exp(np.mean([math.log(ratio_at(strategy, size)) for size in sizes]))
    assert drawn[beyond] == (pytest.approx(overall), True)


@pytest.mark.parametrize("strategy", COMPARED)
def test_bars_are_the_intervals_of_the_ratios(marked: Study, panels: Panels, strategy: str) -> None:
    (comparisons,) = compared(marked).groups
    (comparison,) = (comparison for comparison in comparisons if comparison.key.strategy == strategy)
    bars = {bar.at: bar for bar in uprights(panels[strategy]) if bar.colour == look(strategy).light}
    intervals = {cell.size: cell.ratio.interval for cell in comparison.sizes}
    intervals[2 * SIZES[-1]] = comparison.overall.ratio.interval
    assert set(bars) == set(intervals)
    for at, interval in intervals.items():
        assert interval is not None
        assert (bars[at].low, bars[at].high) == pytest.approx((interval.low, interval.high))
        drawn, _ = cells_drawn(panels[strategy], COMPARED.index(strategy))[at]
        assert bars[at].low < drawn < bars[at].high


def test_all_panels_are_on_one_logarithmic_axis_about_one(panels: Panels) -> None:
    for axes in panels.values():
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
        assert 1 in heights_across(axes)
        assert list(axes.get_xticks()) == [*SIZES, 2 * SIZES[-1]]
    assert len({axes.get_ylim() for axes in panels.values()}) == 1
    assert len({axes.get_xlim() for axes in panels.values()}) == 1
    ratios = [mine / base for name in COMPARED for of in pairs(name).values() for mine, base in of.values()]
    low, high = panels[REJECTED].get_ylim()
    assert low < min(ratios) < max(ratios) < high
    assert panels[WORSE].get_xticklabels()[-1].get_text() == "all"


def test_a_line_parts_the_sizes_from_all_of_them(panels: Panels) -> None:
    for axes in panels.values():
        (apart,) = (line for line in axes.lines if list(line.get_ydata()) == [0, 1])
        assert SIZES[-1] < apart.get_xdata()[0] < 2 * SIZES[-1]


def test_panels_are_named_and_an_empty_place_stays_empty(drawn: tuple[Figure, Tooltips]) -> None:
    figure, _ = drawn
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in shown] == list(COMPARED)
    assert len(figure.axes) == len(shown) + 1
    assert figure.get_suptitle() == "lung · nnunet"
    assert figure.get_supxlabel() == "labelled training images N"
    assert figure.get_supylabel().replace("\n", " ") == "test BCE, ratio to baseline"


def test_under_the_pointer_are_pairs_and_ratios_in_the_order_of_the_points(drawn: tuple[Figure, Tooltips]) -> None:
    _, tooltips = drawn
    for place, strategy in enumerate(COMPARED):
        listed = [(seed, size, *both) for seed, own in pairs(strategy).items() for size, both in own.items()]
        for text, (seed, size, mine, base) in zip(tooltips[f"pairs-{place}"], listed, strict=True):
            assert text.endswith(
                f"\n{strategy}, N = {size}, seed {seed}: {mine / base:.3g} ({mine:.4g} against {base:.4g})"
            )
    differs = [text.split(":")[0] for text in tooltips["differs-4"]]
    assert differs == ["gi, N = 8", "gi, N = 64", "gi, all sizes"]
    assert "n = 5\np = " in tooltips["differs-4"][0]


def test_a_single_size_has_no_place_for_all_sizes(tmp_path: Path) -> None:
    study = load_study(Odd(sizes=(8,)).write(tmp_path).folder)
    (comparisons,) = compared(study).groups
    figure, tooltips = paired_panel(study, comparisons)
    assert list(figure.axes[0].get_xticks()) == [8]
    assert not any("all sizes" in text for texts in tooltips.values() for text in texts)


def test_an_interval_of_two_pairs_does_not_stretch_the_axis(tmp_path: Path) -> None:
    study = load_study(Odd(sizes=(4, 8), seeds=2).write(tmp_path).folder)
    (comparisons,) = compared(study).groups
    (axes,) = paired_panel(study, comparisons)[0].axes
    ratios = [y for _, y in points(axes, "pairs-0")]
    low, high = axes.get_ylim()
    assert low < min(*ratios, 1) < max(*ratios, 1) < high
    assert high / low < 1.15 * max(*ratios, 1.1) / min(*ratios, 1 / 1.1)
    assert max(bar.high for bar in uprights(axes)) > high


def test_a_figure_for_a_paper_has_the_strategies_in_a_row(marked: Study) -> None:
    figure = paired_figure(marked, compared(marked).groups, "small print")
    (group,) = figure.subfigs
    assert [axes.get_title(loc="left") for axes in group.axes] == list(COMPARED)
    assert titles(figure) == list(COMPARED)
    assert group.get_suptitle() == "lung · nnunet"
    assert "small print" in [text.get_text() for text in figure.texts]


def test_the_legend_tells_filled_from_hollow_and_pairs_from_means() -> None:
    differs, same, seed = paired_signs()
    assert (filled(differs), filled(same)) == (True, False)
    assert (differs.get_label(), same.get_label()) == ("differs, after Holm's correction", "not shown to differ")
    assert seed.get_label() == "one seed"
    assert seed.get_markersize() < differs.get_markersize()
    assert colour(differs) == LIGHT["ink"]
