"""Does the law hold: residuals in standard errors, the spread that gives the weights, the largest N held out."""

from statistics import stdev

import numpy as np
import pytest
from matplotlib.axes import Axes

from segaug.findings.laws import lack_of_fit
from segaug.report.laws.law_checks import holdout_panel, noise_panel, residual_panel
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import themed
from segaug.report.marks.marks import Tooltips
from segaug.report.study.study import Study
from tests.report.drawn import (
    colour,
    curves,
    filled,
    heights_across,
    joins,
    levels,
    mark,
    points,
    solid,
    uprights,
    wears,
)
from tests.report.marked_study import FLAT, HEART, KEPT, LUNG, OTHER_MODEL, REJECTED, SIZES, VAGUE, WORSE, errors, means

LAWS = (KEPT, REJECTED, VAGUE, FLAT, WORSE)  # of lungs: those with a law, in the order of the palette
Panel = tuple[Axes, Tooltips]


pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def residuals(marked: Study) -> Panel:
    with themed():
        figure, tooltips = residual_panel(marked, *LUNG)
    return figure.axes[0], tooltips


@pytest.fixture(scope="module")
def noise(marked: Study) -> Panel:
    with themed():
        figure, tooltips = noise_panel(marked, *LUNG)
    return figure.axes[0], tooltips


@pytest.fixture(scope="module")
def holdouts(marked: Study) -> Panel:
    with themed():
        figure, tooltips = holdout_panel(marked)
    return figure.axes[0], tooltips


def test_a_residual_is_how_far_a_mean_is_from_its_law(marked: Study, residuals: Panel) -> None:
    axes, _ = residuals
    for place, strategy in enumerate(LAWS):
        fit = marked.laws_of(*LUNG)[strategy]
        x, y = np.array(points(axes, f"residuals-{place}")).T
        law = fit.law.a * np.array(SIZES) ** -fit.law.b + fit.law.c
        away = (np.array(list(means(*LUNG, strategy).values())) - law) / fit.data.standard_error
        np.testing.assert_allclose(y, away, atol=1e-6)
        factors = x / SIZES
        assert np.allclose(factors, factors[0])
        assert 0.8 < factors[0] < 1.25
        assert wears(mark(axes, f"residuals-{place}"), strategy)
        (line,) = joins(axes, points(axes, f"residuals-{place}"))
        assert colour(line) == look(strategy).light
        assert solid(line) == (look(strategy).dash == ())


def test_what_rejects_a_law_is_on_the_axes_far_from_zero(residuals: Panel) -> None:
    axes, _ = residuals
    worst = max(points(axes, "residuals-1"), key=lambda point: abs(point[1]))
    assert abs(np.log2(worst[0] / 8)) < 0.2  # N = 8 is off
    low, high = axes.get_ylim()
    assert low < -abs(worst[1])
    assert abs(worst[1]) < high
    assert high > -low  # room for the legend


def test_lines_are_at_zero_and_at_two_standard_errors(residuals: Panel) -> None:
    axes, _ = residuals
    assert heights_across(axes) == [-2, 0, 2]
    across = {line.get_ydata()[0]: line for line in axes.lines if list(line.get_xdata()) == [0, 1]}
    assert {level: solid(line) for level, line in across.items()} == {-2: False, 0: True, 2: False}


def test_the_legend_has_the_p_of_the_lack_of_fit_in_the_order_of_the_laws(marked: Study, residuals: Panel) -> None:
    axes, _ = residuals
    said = [text.get_text() for text in axes.get_legend().get_texts()]
    assert said == [", ".join(lack_of_fit(marked.laws_of(*LUNG)[strategy].default)) for strategy in LAWS]
    assert axes.get_xscale() == "log"
    assert list(axes.get_xticks()) == list(SIZES)
    assert axes.get_title(loc="left") == "lung · nnunet"


def test_under_the_pointer_are_mean_law_and_residual(residuals: Panel) -> None:
    axes, tooltips = residuals
    assert set(tooltips) == {f"residuals-{place}" for place in range(len(LAWS))}
    for place, strategy in enumerate(LAWS):
        drawn = points(axes, f"residuals-{place}")
        for text, size, (_, away) in zip(tooltips[f"residuals-{place}"], SIZES, drawn, strict=True):
            assert text.startswith(f"{strategy}, N = {size}\nmean {means(*LUNG, strategy)[size]:.4g}, law ")
            assert text.endswith(f": {away:+.2f} standard errors")


def test_spread_is_the_coefficient_of_variation_in_per_cent(marked: Study, noise: Panel) -> None:
    axes, tooltips = noise
    for place, strategy in enumerate(LAWS):
        x, y = np.array(points(axes, f"noise-{place}")).T
        cells = errors(*LUNG, strategy)
        np.testing.assert_allclose(y, [100 * stdev(values) / np.mean(values) for values in cells.values()])
        np.testing.assert_allclose(x / SIZES, (x / SIZES)[0])
        (line,) = curves(axes, look(strategy).light)
        grid = line.get_xdata()
        np.testing.assert_allclose(line.get_ydata(), 100 * marked.laws_of(*LUNG)[strategy].data.noise.cv(grid))
        assert (grid[0], grid[-1]) == pytest.approx((SIZES[0], SIZES[-1]))
        assert [text.rsplit(" ", 1)[1] for text in tooltips[f"noise-{place}"]] == [
            str(len(of)) for of in cells.values()
        ]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_ylabel() == "spread of trials (CV) [%]"


def test_the_largest_size_is_shown_against_what_the_others_predict(marked: Study, holdouts: Panel) -> None:
    axes, tooltips = holdouts
    checked = [(curve, fit.holdout) for curve, fit in marked.laws if fit.holdout is not None]
    assert [curve.strategy for curve, _ in checked] == list(LAWS)  # hearts and the other model have too few sizes
    bars = {bar.at: bar for bar in uprights(axes)}
    for place, (curve, check) in enumerate(checked):
        ((x, y),) = points(axes, f"holdout-{place}")
        assert x == pytest.approx(means(*LUNG, curve.strategy)[SIZES[-1]])
        assert y == check.predicted
        assert bars[x] == (x, check.interval.low, check.interval.high, look(curve.strategy).light)
        sign = mark(axes, f"holdout-{place}")
        assert wears(sign, curve.strategy)
        assert filled(sign) == (curve.strategy != WORSE)  # whose largest N is far off
        verdict = "failed" if curve.strategy == WORSE else "passed"
        assert tooltips[f"holdout-{place}"][0].startswith(f"lung · nnunet, {curve.strategy}: {verdict}\n")


def test_a_perfect_prediction_lies_on_the_diagonal_of_equal_axes(holdouts: Panel) -> None:
    axes, _ = holdouts
    (diagonal,) = (line for line in axes.lines if colour(line) == LIGHT["muted"])
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata()) == list(axes.get_xlim())
    assert axes.get_xlim() == axes.get_ylim()
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    values = [value for place in range(len(LAWS)) for value in points(axes, f"holdout-{place}")[0]]
    low, high = axes.get_xlim()
    assert low < min(values) < max(values) < high
    assert axes.get_xlabel() == "observed mean test BCE [nats per pixel]"
    assert axes.get_ylabel() == "predicted without the largest N"


def test_other_panels_show_their_own_laws(marked: Study) -> None:
    for group in (HEART, OTHER_MODEL):
        figure, tooltips = residual_panel(marked, *group)
        assert list(tooltips) == ["residuals-0"]
        assert list(figure.axes[0].get_xticks()) == list(means(*group, KEPT))
    assert not levels(noise_panel(marked, *HEART)[0].axes[0])
