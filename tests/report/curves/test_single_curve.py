"""One curve by itself: every trial, mean and band of it, its floor only where identified, the baseline behind."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from segaug.report.curves.single_curve import single_figure, single_panel, single_signs
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import themed
from segaug.report.marks.marks import Tooltips
from segaug.report.study.study import Study
from tests.report.drawn import bands, colour, curves, entries, joins, mark, points, solid, titles, wears
from tests.report.marked_study import (
    CONSTANT,
    FLAT,
    HEART,
    KEPT,
    LUNG,
    OTHER_MODEL,
    REJECTED,
    SHORT,
    SIZES,
    STRATEGIES,
    VAGUE,
    WORSE,
    errors,
    means,
)

Key = tuple[str, str, str]
Panels = dict[Key, tuple[Axes, Tooltips]]
LUNGS = [(*LUNG, strategy) for strategy in STRATEGIES]


pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def panels(marked: Study) -> Panels:
    drawn: Panels = {}
    with themed():
        for curve in marked.fits:
            figure, tooltips = single_panel(marked, curve)
            drawn[tuple(curve.key)] = figure.axes[0], tooltips
    return drawn


@pytest.mark.parametrize("key", [*LUNGS, (*HEART, KEPT), (*OTHER_MODEL, KEPT)])
def test_every_converged_trial_is_a_point_and_every_mean_lies_on_its_n(panels: Panels, key: Key) -> None:
    axes, tooltips = panels[key]
    values = [value for of in errors(*key).values() for value in of]
    assert [y for _, y in points(axes, "trials")] == pytest.approx(values)
    sizes = [size for size, of in errors(*key).items() for _ in of]
    assert all(abs(np.log2(x / size)) < 0.1 for (x, _), size in zip(points(axes, "trials"), sizes, strict=True))
    np.testing.assert_allclose(points(axes, "means"), list(means(*key).items()))
    assert wears(mark(axes, "means"), key[2])
    assert colour(mark(axes, "trials")) == look(key[2]).light
    assert [float(text.rsplit(" ", 1)[1]) for text in tooltips["trials"]] == pytest.approx(values, rel=1e-3)
    assert len(tooltips["means"]) == len(means(*key))


@pytest.mark.parametrize("strategy", [KEPT, REJECTED, VAGUE, FLAT, WORSE])
def test_a_law_has_both_bands_and_beside_it_the_falling_curve(marked: Study, panels: Panels, strategy: str) -> None:
    axes, _ = panels[*LUNG, strategy]
    fit = marked.laws_of(*LUNG)[strategy]
    own = LIGHT["muted"] if strategy in (REJECTED, WORSE) else look(strategy).light  # grey: rejected
    wide, narrow = bands(axes)
    assert wide.colour == narrow.colour == own
    assert wide.opacity < narrow.opacity
    np.testing.assert_allclose(wide.high, fit.default.band.high_simultaneous[: len(wide.x)])
    np.testing.assert_allclose(narrow.high, fit.default.band.high[: len(narrow.x)])
    laws = [line for line in curves(axes, own) if len(line.get_xdata()) > 2 * len(SIZES)]
    for line in laws:
        np.testing.assert_allclose(line.get_ydata(), fit.law.predict(line.get_xdata()))
    assert len(laws) == (2 if strategy in (KEPT, FLAT) else 1)
    (falling,) = (
        line for line in curves(axes, LIGHT["ink"]) if len(line.get_xdata()) == len(SIZES) and line not in laws
    )
    assert list(falling.get_xdata()) == list(SIZES)
    assert all(before >= after for before, after in pairwise(falling.get_ydata()))
    assert np.average(falling.get_ydata(), weights=fit.data.precision.diagonal()) == pytest.approx(
        np.average(list(means(*LUNG, strategy).values()), weights=fit.data.precision.diagonal())
    )
    assert not solid(falling)
    assert set(joins(axes, points(axes, "means"))) <= {falling}  # which goes through means that fall


def test_two_sizes_are_joined_without_law_and_band(panels: Panels) -> None:
    axes, _ = panels[*LUNG, SHORT]
    assert len(joins(axes, points(axes, "means"))) == 1
    assert not bands(axes)
    assert not [line for line in curves(axes) if len(line.get_xdata()) > len(SIZES)]


def brackets(axes: Axes) -> list[Line2D]:
    """Of a floor: heights in the unit of the error, places in shares of the axis."""
    return [line for line in axes.lines if len(line.get_xdata()) == 4 and line.get_transform() != axes.transData]


def test_a_floor_has_its_bracket_only_where_it_is_identified(marked: Study, panels: Panels) -> None:
    for curve, fit in marked.laws:
        axes, _ = panels[tuple(curve.key)]
        drawn = brackets(axes)
        assert len(drawn) == (tuple(curve.key) in ((*LUNG, KEPT), (*OTHER_MODEL, KEPT)))
        for bracket in drawn:
            assert fit.stated_floor is not None
            low = max(fit.stated_floor.low, axes.get_ylim()[0])
            assert list(bracket.get_ydata()) == pytest.approx([low, low, fit.stated_floor.high, fit.stated_floor.high])
            tip, edge, *rest = bracket.get_xdata()
            assert 0.9 < tip < edge < 1  # it opens to the left, at the right edge
            assert rest == [edge, tip]


def test_the_baseline_is_behind_the_others_and_not_behind_itself(panels: Panels) -> None:
    through = list(means(*LUNG, KEPT).items())
    for strategy in STRATEGIES:
        axes, _ = panels[*LUNG, strategy]
        grey = [line for line in joins(axes, through) if colour(line) == LIGHT["muted"]]
        assert len(grey) == (strategy != KEPT)
        assert all(line.get_zorder() < mark(axes, "trials").get_zorder() for line in grey)


def test_references_axes_and_title_are_those_of_the_panel(panels: Panels) -> None:
    axes, _ = panels[*LUNG, VAGUE]
    assert joins(axes, [(size, CONSTANT) for size in SIZES])
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlim()[1] > 256  # as far as any law of the task is claimed
    assert axes.get_xlabel() == "N (+ V = 16)"
    assert axes.get_title(loc="left").replace(" ·\n", " · ") == f"lung · nnunet · {VAGUE}"
    assert {drawn.get_ylim() for (task, _, _), (drawn, _) in panels.items() if task == "lung"} == {axes.get_ylim()}


def test_crosses_are_the_diverged_trials_of_the_curve(panels: Panels) -> None:
    for strategy, sizes in ((VAGUE, [4, 4]), (REJECTED, [16])):
        axes, tooltips = panels[*LUNG, strategy]
        assert [x for x, _ in points(axes, "diverged")] == sizes
        assert all(f"N = {size}" in text for size, text in zip(sizes, tooltips["diverged"], strict=True))
    assert all("diverged" not in tooltips for key, (_, tooltips) in panels.items() if key[2] in (KEPT, FLAT, WORSE))


def test_a_figure_for_a_paper_has_a_panel_a_curve_and_says_what_each_sign_is(marked: Study) -> None:
    figure = single_figure(marked, *LUNG, "small print")
    assert [title.replace(" ·\n", " · ") for title in titles(figure)] == [
        f"lung · nnunet · {name}" for name in STRATEGIES
    ]
    signs = single_signs(LIGHT["muted"])
    assert entries(figure) == [sign.get_label() for sign in signs]
    assert len({round(axes.bbox.x0) for axes in figure.axes}) == 4  # then the next row
    assert len({round(axes.bbox.y0) for axes in figure.axes}) == 2
    assert [y for _, y in points(figure.axes[3], "means")] == pytest.approx(list(means(*LUNG, FLAT).values()))


def test_signs_tell_the_pointwise_band_from_the_wider_one_by_strength() -> None:
    signs = {sign.get_label(): sign for sign in single_signs(LIGHT["muted"])}
    assert signs["95 % band, pointwise"].get_alpha() > signs["95 % band, simultaneous"].get_alpha()
    assert signs["diverged"].get_marker() == "x"
    assert solid(signs["law"])
    assert not solid(signs["extrapolation, where claimed"])
