"""Marks of a curve: means with Student's interval, trials side by side, laws as far as they are claimed."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from scipy import stats

from segaug.analysis.law.fit import Fit
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import new_figure, themed
from segaug.report.marks.marks import (
    draw_band,
    draw_diverged,
    draw_law,
    draw_means,
    draw_references,
    draw_trials,
    means_of,
    strategy_sign,
)
from segaug.report.study.study import Seed, Study
from tests.report.drawn import Bar, bands, colour, curves, filled, joins, mark, points, solid, uprights, wears, words
from tests.report.marked_study import KEPT, LUNG, REJECTED, VAGUE

ERRORS = {8: [0.3, 0.2, 0.4], 2: [0.9], 32: [0.1, 0.12]}
SEEDS = [
    Seed(size, seed, f"{size}-{seed}", value) for size, values in ERRORS.items() for seed, value in enumerate(values)
]
RED = look(REJECTED)


@pytest.fixture
def axes() -> Iterator[Axes]:
    with themed():
        drawn: Axes = new_figure(3, 3).subplots()
        yield drawn


def fit_of(study: Study, strategy: str) -> Fit:
    return study.laws_of(*LUNG)[strategy]


def test_a_mean_is_over_the_trials_of_its_size_with_students_interval() -> None:
    means = {mean.size: mean for mean in means_of(SEEDS)}
    assert list(means) == [2, 8, 32]
    for size, values in ERRORS.items():
        assert means[size].n == len(values)
        assert means[size].value == pytest.approx(np.mean(values))
        if len(values) > 1:
            low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
            assert (means[size].interval.low, means[size].interval.high) == pytest.approx((low, high))
    assert means[2].interval is None


def test_a_mean_says_its_size_value_interval_and_trials() -> None:
    alone, _, pair = means_of(SEEDS)
    assert alone.tooltip("red") == "red, N = 2\nmean 0.9, n = 1"
    assert pair.tooltip("red").startswith("red, N = 32\nmean 0.11 [-0.017")
    assert pair.tooltip("red").endswith("], n = 2")


@pytest.mark.parametrize("joined", [False, True])
def test_means_are_markers_with_a_bar_where_there_is_an_interval(axes: Axes, joined: bool) -> None:
    means = means_of(SEEDS)
    draw_means(axes, means, 2.0, RED, "means", joined)
    places = [(2 * mean.size, mean.value) for mean in means]
    np.testing.assert_allclose(points(axes, "means"), places)
    assert wears(mark(axes, "means"), REJECTED)
    assert filled(mark(axes, "means"))
    assert uprights(axes) == [
        Bar(2 * mean.size, mean.interval.low, mean.interval.high, RED.light) for mean in means if mean.interval
    ]
    assert len(joins(axes, places)) == joined
    assert all(not solid(line) for line in joins(axes, places))  # its strategy's dashes


def test_trials_of_a_size_lie_side_by_side_in_the_order_of_their_seeds(axes: Axes) -> None:
    shuffled = [SEEDS[place] for place in (2, 0, 3, 1, 5, 4)]
    draw_trials(axes, shuffled, RED, "trials")
    drawn = {(seed.size, seed.seed): point for seed, point in zip(shuffled, points(axes, "trials"), strict=True)}
    assert {key: value for key, (_, value) in drawn.items()} == {(s.size, s.seed): s.value for s in SEEDS}
    for size in (8, 32):
        places = [place for (at, _), (place, _) in sorted(drawn.items()) if at == size]
        assert places == sorted(places)
        assert np.prod(places) ** (1 / len(places)) == pytest.approx(size)
        assert max(places) / min(places) == pytest.approx(2**0.14)
    assert colour(mark(axes, "trials")) == RED.light


def test_a_trial_that_is_alone_at_its_size_lies_on_it(axes: Axes) -> None:
    draw_trials(axes, [Seed(2, 7, "2-7", 0.9)], RED, "trials")
    assert points(axes, "trials") == [(2, 0.9)]


def test_a_law_is_dashed_beyond_the_data_as_far_as_it_is_claimed(marked: Study, axes: Axes) -> None:
    fit = fit_of(marked, KEPT)
    draw_law(axes, fit, look(KEPT))
    inside, beyond = curves(axes, look(KEPT).light)
    for line, first, last in ((inside, 2, 64), (beyond, 64, 256)):
        x, y = line.get_xydata().T
        assert (x[0], x[-1]) == pytest.approx((first, last))
        assert np.allclose(y, fit.law.a * x**-fit.law.b + fit.law.c)
        assert np.allclose(np.diff(np.log(x)), np.log(last / first) / (len(x) - 1))
    assert solid(inside)
    assert not solid(beyond)


def test_a_law_of_which_nothing_is_claimed_ends_with_the_data(marked: Study, axes: Axes) -> None:
    draw_law(axes, fit_of(marked, VAGUE), look(VAGUE))
    (line,) = curves(axes)
    assert colour(line) == look(VAGUE).light
    assert line.get_xdata()[-1] == pytest.approx(64)


def test_a_rejected_law_and_its_band_are_grey(marked: Study, axes: Axes) -> None:
    fit = fit_of(marked, REJECTED)
    draw_law(axes, fit, RED)
    draw_band(axes, fit, RED, simultaneous=False, opacity=0.3)
    assert [colour(line) for line in curves(axes)] == [LIGHT["muted"]]
    assert [band.colour for band in bands(axes)] == [LIGHT["muted"]]


@pytest.mark.parametrize(("strategy", "last"), [(KEPT, 256), (VAGUE, 64)])
def test_bands_are_those_of_the_fit_and_end_with_the_law(marked: Study, axes: Axes, strategy: str, last: float) -> None:
    fit = fit_of(marked, strategy)
    for simultaneous, opacity in ((True, 0.1), (False, 0.4)):
        draw_band(axes, fit, look(strategy), simultaneous, opacity)
    known = fit.default.band
    wide, narrow = bands(axes)
    claimed = known.sizes < 1.001 * last
    for band, opacity, low, high in (
        (wide, 0.1, known.low_simultaneous, known.high_simultaneous),
        (narrow, 0.4, known.low, known.high),
    ):
        assert (band.colour, band.opacity) == (look(strategy).light, opacity)
        assert band.x == pytest.approx(known.sizes[claimed].tolist())
        assert band.low == pytest.approx(low[claimed].tolist())
        assert band.high == pytest.approx(high[claimed].tolist())
    assert all(low < high for low, high in zip(wide.low, narrow.low, strict=True))


def test_references_are_named_at_their_right_end(axes: Axes) -> None:
    draw_references(axes, {"atlas": {2: 0.4, 4: 0.35, 8: 0.3}, "constant": {4: 0.5}})
    atlas, constant = axes.lines
    assert atlas.get_xydata().tolist() == [[2, 0.4], [4, 0.35], [8, 0.3]]
    assert list(constant.get_ydata()) == [0.5, 0.5]
    assert constant.get_xdata()[0] < 4 < constant.get_xdata()[1]  # a single size is a line too
    assert (atlas.get_linestyle(), constant.get_linestyle()) == (":", "--")
    assert [text.get_text() for text in axes.texts] == words(axes) == ["atlas", "constant"]
    assert [text.xy for text in axes.texts] == [(8, 0.3), (constant.get_xdata()[1], 0.5)]
    assert [text.xyann[1] for text in axes.texts] == [-3, 3]  # one hangs below its line, the other stands on it
    assert [text.get_va() for text in axes.texts] == ["top", "bottom"]


def test_a_reference_that_was_not_measured_is_not_drawn(axes: Axes) -> None:
    draw_references(axes, {"atlas": {}})
    assert not axes.lines
    assert not words(axes)


def test_diverged_trials_are_crosses_at_the_top_edge(axes: Axes) -> None:
    axes.set(xlim=(0, 40), ylim=(3, 7))
    draw_diverged(axes, [4, 8, 8], RED, "diverged")
    crosses = mark(axes, "diverged")
    assert crosses.get_marker() == "x"
    assert colour(crosses) == RED.light
    pixels = crosses.get_transform().transform(crosses.get_xydata())
    places = axes.transData.inverted().transform(pixels)
    assert places[:, 0] == pytest.approx([4, 8, 8])
    assert all(6.9 < height < 7 for height in places[:, 1])


def test_the_sign_of_a_legend_is_what_is_drawn(axes: Axes) -> None:
    means = means_of(SEEDS)
    draw_means(axes, means, 1.0, RED, "means", joined=True)
    (line,) = joins(axes, [(mean.size, mean.value) for mean in means])
    for sign in (strategy_sign(REJECTED), strategy_sign(REJECTED, "short")):
        assert wears(sign, REJECTED)
        assert colour(sign) == colour(line)
        assert sign.get_linestyle() == line.get_linestyle() != "None"
    assert (strategy_sign(REJECTED).get_label(), strategy_sign(REJECTED, "short").get_label()) == ("red", "short")


def test_signs_of_other_strategies_differ() -> None:
    assert not wears(strategy_sign(KEPT), REJECTED)
    for first, second in pairwise((KEPT, REJECTED, VAGUE)):
        assert replace(look(first), colour="ink") != replace(look(second), colour="ink")
