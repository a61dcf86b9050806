"""Rates of divergence with Wilson's interval, and shares of the variance that fill each bar."""

import math

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from segaug.report.divergence.divergence_figure import divergence_figure, divergence_panel
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import themed
from segaug.report.marks.marks import Tooltips
from segaug.report.study.study import Study
from segaug.report.variance.sources import average
from segaug.report.variance.variance_figure import variance_panel, variance_signs
from tests.report.drawn import entries, heights_across, mark, points, titles, wears, words
from tests.report.marked_study import DIVERGED, HEART, HEART_SIZES, LUNG, SEEDS, SHORT, SIZES, STRATEGIES

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def rates(marked: Study) -> tuple[Axes, Tooltips]:
    with themed():
        figure, tooltips = divergence_panel(marked, *LUNG)
    return figure.axes[0], tooltips


def wilson(diverged: int, trials: int) -> tuple[float, float]:
    """95 % interval of a share."""
    z = 1.959964
    centre = (diverged + z**2 / 2) / (trials + z**2)
    half = z / (trials + z**2) * math.sqrt(diverged * (trials - diverged) / trials + z**2 / 4)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def diverged_at(strategy: str, size: int) -> int:
    return sum((name, at) == (strategy, size) for name, at, _ in DIVERGED)


def test_a_rate_is_the_share_of_trials_that_diverged_in_per_cent(rates: tuple[Axes, Tooltips]) -> None:
    axes, tooltips = rates
    for place, strategy in enumerate(STRATEGIES):
        sizes = [32, 64] if strategy == SHORT else list(SIZES)
        assert [y for _, y in points(axes, f"rates-{place}")] == [
            100 * diverged_at(strategy, size) / SEEDS for size in sizes
        ]
        assert all(
            abs(math.log2(x / size)) < 0.5 for (x, _), size in zip(points(axes, f"rates-{place}"), sizes, strict=True)
        )
        assert wears(mark(axes, f"rates-{place}"), strategy)
        starts = [f"{strategy}, N = {size}: {diverged_at(strategy, size)} of {SEEDS} diverged" for size in sizes]
        assert all(text.startswith(start) for text, start in zip(tooltips[f"rates-{place}"], starts, strict=True))


def test_bars_are_wilsons_intervals_pale_where_none_diverged(rates: tuple[Axes, Tooltips]) -> None:
    axes, _ = rates
    bars = {
        (to_hex(line.get_color()), float(line.get_xdata()[0])): line
        for line in axes.lines if len(line.get_xdata()) == 2 and line.get_xdata()[0] == line.get_xdata()[1]
    }  # fmt: skip
    for place, strategy in enumerate(STRATEGIES):
        sizes = [32, 64] if strategy == SHORT else list(SIZES)
        for (x, _), size in zip(points(axes, f"rates-{place}"), sizes, strict=True):
            bar = bars.pop((look(strategy).light, x))
            count = diverged_at(strategy, size)
            assert [end / 100 for end in bar.get_ydata()] == pytest.approx(wilson(count, SEEDS), abs=1e-6)
            assert (bar.get_alpha() == 1) == (count > 0)
    assert not bars


def test_the_rate_that_matters_is_dashed_across(rates: tuple[Axes, Tooltips]) -> None:
    axes, _ = rates
    assert heights_across(axes) == [10]
    assert axes.get_ylim()[0] == 0
    assert axes.get_xscale() == "log"
    assert list(axes.get_xticks()) == list(SIZES)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("labelled training images N", "diverged trials [%]")


def test_a_figure_for_a_paper_has_the_groups_in_which_a_trial_diverged(marked: Study) -> None:
    figure = divergence_figure(marked)
    assert titles(figure) == ["lung · nnunet"]
    assert entries(figure) == list(STRATEGIES)
    assert [y for _, y in points(figure.axes[0], "rates-2")][:2] == [0, 100 * 2 / SEEDS]


@pytest.fixture(scope="module")
def shares(marked: Study) -> Figure:
    with themed():
        return variance_panel(marked, *LUNG)


@pytest.mark.parametrize(("place", "whole"), [(0, False), (1, True)])
def test_bars_are_the_shares_of_seeds_both_and_cases_side_by_side(
    marked: Study, shares: Figure, place: int, whole: bool
) -> None:
    axes = shares.axes[place]
    splits = list(average(marked.curves_of(*LUNG).values(), whole=whole).values())
    assert len(splits) == len(SIZES)
    for row, split in enumerate(splits):
        bars = [bar for bar in axes.patches if round(bar.get_y() + bar.get_height() / 2) == row]
        assert [to_hex(bar.get_facecolor()) for bar in bars] == [LIGHT[name] for name in ("blue", "grid", "orange")]
        expected = [100 * part / split.total for part in (split.seeds, split.both, split.cases)]
        assert [bar.get_width() for bar in bars] == pytest.approx(expected)
        assert [bar.get_x() for bar in bars] == pytest.approx([0, expected[0], expected[0] + expected[1]])
    assert words(axes) == [f"{100 * math.sqrt(split.total):.2g} %" for split in splits]
    assert axes.get_xlim() == (0, 100)
    assert axes.get_ylim() == (len(SIZES) - 0.5, -0.5)  # the smallest N above


def test_more_seeds_leave_the_cases_a_larger_share(shares: Figure) -> None:
    for single, mean in zip(shares.axes[0].patches[2::3], shares.axes[1].patches[2::3], strict=True):
        assert single.get_width() <= mean.get_width()


def test_panels_and_rows_are_named(marked: Study, shares: Figure) -> None:
    assert titles(shares) == ["one trial", "mean of all"]
    assert [label.get_text() for label in shares.axes[0].get_yticklabels()] == [f"N = {size}" for size in SIZES]
    assert shares.get_suptitle() == "lung · nnunet"
    heart = variance_panel(marked, *HEART)
    assert [label.get_text() for label in heart.axes[0].get_yticklabels()] == [f"N = {size}" for size in HEART_SIZES]


def test_the_legend_has_the_colours_of_the_bars(shares: Figure) -> None:
    signs = {sign.get_label(): to_hex(sign.get_facecolor()) for sign in variance_signs()}
    assert list(signs) == ["seeds", "seeds × cases", "test cases"]
    assert list(signs.values()) == [to_hex(bar.get_facecolor()) for bar in shares.axes[0].patches[:3]]
