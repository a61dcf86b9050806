"""All strategies of a task on one panel: laws only where they hold, diverged trials apart, one legend for a paper."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from segaug.report.curves.figures import (
    laws_figure,
    legend_figure,
    measure_figure,
    overview_panel,
    overview_signs,
    structures_figure,
)
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import themed
from segaug.report.marks.marks import Tooltips
from segaug.report.study.measure import Measure
from segaug.report.study.study import Study, load_study
from tests.report.drawn import (
    bands,
    colour,
    curves,
    entries,
    filled,
    joins,
    mark,
    points,
    solid,
    titles,
    uprights,
    wears,
    words,
)
from tests.report.marked_study import (
    CONSTANT,
    FLAT,
    HEART,
    KEPT,
    LUNG,
    OTHER_MODEL,
    REJECTED,
    SIZES,
    STRATEGIES,
    VAGUE,
    atlas,
    errors,
    means,
)
from tests.structures import STRUCTURES, write_structures_study

HOLDING = (KEPT, VAGUE, FLAT)  # the laws that are drawn
Panel = tuple[Axes, Tooltips]


pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def error(marked: Study) -> Measure:
    return marked.measured.fitted_of("lung")


def panel_of(study: Study, measure: Measure, group: tuple[str, str], laws: bool) -> Panel:
    with themed():
        figure, tooltips = overview_panel(study, measure, *group, laws)
    (axes,) = figure.axes
    return axes, tooltips


@pytest.fixture(scope="module")
def panel(marked: Study, error: Measure) -> Panel:
    return panel_of(marked, error, LUNG, laws=True)


def test_each_strategy_has_its_means_in_its_own_sign_beside_n(panel: Panel) -> None:
    axes, _ = panel
    beside = []
    for place, strategy in enumerate(STRATEGIES):
        (x, y), expected = np.array(points(axes, f"means-{place}")).T, means(*LUNG, strategy)
        assert list(y) == pytest.approx(list(expected.values()))
        factors = x / list(expected)
        assert np.allclose(factors, factors[0])
        assert wears(mark(axes, f"means-{place}"), strategy)
        assert filled(mark(axes, f"means-{place}"))
        beside.append(float(factors[0]))
    assert all(left < right for left, right in pairwise(beside))
    assert 2**-0.5 < beside[0] < 1 < beside[-1] < 2**0.5


def test_bars_are_students_intervals_of_the_converged_trials(panel: Panel) -> None:
    axes, _ = panel
    drawn = {(bar.colour, round(np.log2(bar.at))): (bar.low, bar.high) for bar in uprights(axes)}
    for strategy in STRATEGIES:
        for size, values in errors(*LUNG, strategy).items():
            interval = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
            assert drawn[look(strategy).light, int(np.log2(size))] == pytest.approx(interval)
    assert len(drawn) == sum(len(errors(*LUNG, strategy)) for strategy in STRATEGIES)


def test_a_law_is_drawn_where_it_holds_and_means_are_joined_where_none_does(marked: Study, panel: Panel) -> None:
    axes, _ = panel
    for place, strategy in enumerate(STRATEGIES):
        joined = bool(joins(axes, points(axes, f"means-{place}")))
        assert joined == (strategy not in HOLDING)
        laws = [line for line in curves(axes, look(strategy).light) if len(line.get_xdata()) > len(SIZES)]
        assert len(laws) == {KEPT: 2, VAGUE: 1, FLAT: 2}.get(strategy, 0)  # over the data, and where it is claimed
        for line in laws:
            x, y = line.get_xydata().T
            np.testing.assert_allclose(y, marked.laws_of(*LUNG)[strategy].law.predict(x))


def test_bands_are_pointwise_and_of_the_laws_that_hold(marked: Study, panel: Panel) -> None:
    axes, _ = panel
    drawn = {band.colour: band for band in bands(axes)}
    assert set(drawn) == {look(strategy).light for strategy in HOLDING}
    assert len(bands(axes)) == len(HOLDING)
    for strategy in HOLDING:
        known = marked.laws_of(*LUNG)[strategy].default.band
        count = len(drawn[look(strategy).light].x)
        np.testing.assert_allclose(drawn[look(strategy).light].low, known.low[:count])
        np.testing.assert_allclose(drawn[look(strategy).light].high, known.high[:count])


def test_without_laws_all_means_are_joined(marked: Study, error: Measure) -> None:
    axes, _ = panel_of(marked, error, LUNG, laws=False)
    assert all(joins(axes, points(axes, f"means-{place}")) for place in range(len(STRATEGIES)))
    assert not bands(axes)
    assert all(len(line.get_xdata()) <= len(SIZES) for line in curves(axes))


def test_another_model_shows_its_own_trials(marked: Study, error: Measure) -> None:
    axes, tooltips = panel_of(marked, error, OTHER_MODEL, laws=True)
    assert [y for _, y in points(axes, "means-0")] == pytest.approx(list(means(*OTHER_MODEL, KEPT).values()))
    assert list(tooltips) == ["means-0"]
    assert axes.get_title(loc="left") == "lung · swin_unet"


def test_diverged_trials_are_crosses_beside_their_n_with_their_names(panel: Panel) -> None:
    axes, tooltips = panel
    for strategy, size, seeds in ((REJECTED, 16, (0,)), (VAGUE, 4, (1, 3))):
        place = STRATEGIES.index(strategy)
        at = dict(points(axes, f"means-{place}"))
        beside = min(at, key=lambda x: abs(x - size))
        assert [x for x, _ in points(axes, f"diverged-{place}")] == pytest.approx([beside] * len(seeds))
        assert colour(mark(axes, f"diverged-{place}")) == look(strategy).light
        said = [text.split("\n")[1] for text in tooltips[f"diverged-{place}"]]
        assert said == [f"{strategy}, N = {size}, seed {seed}: diverged" for seed in seeds]
    assert sum(name.startswith("diverged") for name in tooltips) == 2


def test_under_the_pointer_is_what_is_drawn(panel: Panel) -> None:
    axes, tooltips = panel
    for place, strategy in enumerate(STRATEGIES):
        assert [text.split(",")[0] for text in tooltips[f"means-{place}"]] == [strategy] * len(means(*LUNG, strategy))
        for text, (_, mean) in zip(tooltips[f"means-{place}"], points(axes, f"means-{place}"), strict=True):
            assert f"mean {mean:.4g} [" in text


def test_references_lie_behind_at_their_values(panel: Panel) -> None:
    axes, _ = panel
    (dotted,) = joins(axes, [(size, atlas(size)) for size in SIZES])
    (dashed,) = joins(axes, [(size, CONSTANT) for size in SIZES])
    assert (dotted.get_linestyle(), dashed.get_linestyle()) == (":", "--")
    assert {colour(dotted), colour(dashed)} == {LIGHT["muted"]}
    assert words(axes) == ["atlas", "constant"]
    marks = [mark(axes, f"means-{place}").get_zorder() for place in range(len(STRATEGIES))]
    assert max(dotted.get_zorder(), dashed.get_zorder()) < min(marks)


def test_the_legend_names_strategies_band_and_the_references_that_the_measure_has(
    marked: Study, error: Measure
) -> None:
    signs = overview_signs(marked, [error], laws=True)
    assert [sign.get_label() for sign in signs] == [*STRATEGIES, "95 % band, pointwise", "atlas", "constant"]
    (dice,) = (measure for measure in marked.measured.of("lung") if measure.key == "dice")
    plain = overview_signs(marked, [dice], laws=False)
    assert [sign.get_label() for sign in plain] == [*STRATEGIES, "atlas"]  # Dice of a constant is not known


def places(figure: Figure) -> dict[str, tuple[float, float]]:
    """Title of each panel -> its left and its top."""
    return {axes.get_title(loc="left"): (axes.bbox.x0, axes.bbox.y1) for axes in figure.axes}


def test_a_figure_for_a_paper_has_tasks_side_by_side_and_models_below_each_other(marked: Study) -> None:
    figure = laws_figure(marked, "small print")
    at = places(figure)
    assert set(at) == {"heart · nnunet", "lung · nnunet", "lung · swin_unet"}  # of hearts there is one model
    assert at["heart · nnunet"][0] < at["lung · nnunet"][0] == at["lung · swin_unet"][0]
    assert at["heart · nnunet"][1] == at["lung · nnunet"][1] > at["lung · swin_unet"][1]
    assert entries(figure) == [*STRATEGIES, "95 % band, pointwise", "atlas", "constant"]
    assert [axes.get_xlabel() for axes in figure.axes] == [
        "N (+ V = 16 to 20)" if "heart" in title else "N (+ V = 16)" for title in titles(figure)
    ]
    lung = next(axes for axes in figure.axes if axes.get_title(loc="left") == "lung · nnunet")
    assert len(bands(lung)) == len(HOLDING)
    assert {text.get_text() for text in figure.texts} == {
        "small print", "test BCE [nats per pixel]", "N labelled training images, and V labelled for validation"
    }  # fmt: skip


def test_a_measure_has_the_panels_of_the_tasks_that_have_it_without_laws(marked: Study) -> None:
    (dice,) = (measure for measure in marked.measured.of("lung") if measure.key == "dice")
    figure = measure_figure(marked, dice, "small print")
    assert set(titles(figure)) == {"heart · nnunet", "lung · nnunet", "lung · swin_unet"}
    assert {axes.get_yscale() for axes in figure.axes} == {"linear"}
    assert not any(map(bands, figure.axes))
    assert "95 % band, pointwise" not in entries(figure)
    (axes,) = (axes for axes in figure.axes if axes.get_title(loc="left") == "heart · nnunet")
    expected = [np.mean([1 - min(value**0.5 / 2, 0.99) for value in of]) for of in errors(*HEART, KEPT).values()]
    assert [y for _, y in points(axes, "means-0")] == pytest.approx(expected)


def test_structures_of_a_task_stand_side_by_side_in_one_range(tmp_path: Path) -> None:
    study = load_study(write_structures_study(tmp_path, sizes=(4, 8), seeds=2).folder)
    measures = study.measured.of_structures("heart")["dice"]
    figure = structures_figure(study, "heart", "nnunet", measures, "small print")
    assert titles(figure) == list(STRUCTURES)
    lefts = [axes.bbox.x0 for axes in figure.axes]
    assert lefts == sorted(lefts)
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    for axes, measure in zip(figure.axes, measures, strict=True):
        seeds = study.seeds(measure, "heart", "nnunet")[KEPT]
        expected = [np.mean([seed.value for seed in seeds if seed.size == size]) for size in (4, 8)]
        assert [y for _, y in points(axes, "means-0")] == pytest.approx(expected)
        assert axes.get_xlabel() == "N (+ V = 16)"
        assert not axes.get_ylabel()  # the figure has it once
    assert "Dice [0 to 1]" in [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("strategy", [KEPT, REJECTED])
def test_the_sign_beside_a_name_is_the_line_and_the_marker_of_the_panels(strategy: str) -> None:
    (axes,) = legend_figure(strategy).axes
    line, sign = axes.lines
    assert colour(line) == look(strategy).light
    assert solid(line) == (strategy == KEPT)
    assert wears(sign, strategy)
    (x,), ends = sign.get_xdata(), line.get_xdata()
    assert ends[0] < x < ends[1]
