"""The figures of the published study: unweighted laws through the means of its methods, and their coefficients."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from segaug.errors import DataError
from segaug.report.curves.published_figures import coefficient_figure, error_figure, published_figures
from segaug.report.look.palette import look
from segaug.report.look.theme import themed
from segaug.report.study.study import Study, load_study
from tests.report.drawn import bands, colour, curves, entries, filled, joins, mark, points, titles, wears
from tests.report.marked_study import FLAT, HEART, KEPT, LUNG, OTHER_MODEL, REJECTED, VAGUE, means
from tests.report.odd_studies import Odd

METHODS = (KEPT, REJECTED, VAGUE, FLAT)  # those of the published study
GROUPS = {"heart · nnunet": HEART, "lung · nnunet": LUNG, "lung · swin_unet": OTHER_MODEL}


pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def figures(marked: Study) -> dict[str, Figure]:
    with themed():
        return {name: draw() for name, draw in published_figures(marked).items()}


def panels(figure: Figure) -> dict[str, Axes]:
    return dict(zip(titles(figure), figure.axes, strict=True))


def test_the_first_shows_the_baseline_and_the_second_the_four_methods(figures: dict[str, Figure]) -> None:
    assert list(figures) == ["published_1", "published_2", "published_3"]
    assert entries(figures["published_1"]) == [KEPT]
    assert entries(figures["published_2"]) == entries(figures["published_3"]) == list(METHODS)
    assert set(panels(figures["published_1"])) == set(panels(figures["published_2"])) == set(GROUPS)


def test_lines_are_the_published_laws_over_the_data_without_bands(marked: Study, figures: dict[str, Figure]) -> None:
    for title, axes in panels(figures["published_2"]).items():
        laws = {name: fit for name, fit in marked.laws_of(*GROUPS[title]).items() if name in METHODS}
        assert {colour(line) for line in curves(axes)} == {look(name).light for name in laws}
        for strategy, fit in laws.items():
            (line,) = curves(axes, look(strategy).light)
            x, y = line.get_xdata(), line.get_ydata()
            np.testing.assert_allclose(y, fit.published.law.predict(x))
            assert (x[0], x[-1]) == pytest.approx((fit.data.sizes[0], fit.data.sizes[-1]))
            assert not joins(axes, points(axes, strategy))
        assert not bands(axes)


def test_means_are_those_of_the_methods(figures: dict[str, Figure]) -> None:
    axes = panels(figures["published_2"])["lung · nnunet"]
    for strategy in METHODS:
        assert [y for _, y in points(axes, strategy)] == pytest.approx(list(means(*LUNG, strategy).values()))
        assert wears(mark(axes, strategy), strategy)


def test_axes_do_not_depend_on_the_methods(figures: dict[str, Figure]) -> None:
    first, second = panels(figures["published_1"]), panels(figures["published_2"])
    for title in GROUPS:
        assert first[title].get_ylim() == second[title].get_ylim()
        assert first[title].get_xlim() == second[title].get_xlim()


def test_means_without_a_law_are_joined(tmp_path: Path) -> None:
    study = load_study(Odd(sizes=(4, 8), seeds=2).write(tmp_path).folder)
    assert list(published_figures(study)) == ["published_1", "published_2"]  # no law, no coefficients
    (axes,) = error_figure(study, [KEPT]).axes
    assert len(joins(axes, points(axes, KEPT))) == 1


def test_without_the_baseline_there_is_nothing_to_show(tmp_path: Path) -> None:
    study = load_study(Odd(strategies=(REJECTED,), sizes=(4,), seeds=1).write(tmp_path).folder)
    with pytest.raises(DataError, match="no converged trial of baseline"):
        published_figures(study)


def signs_on(axes: Axes) -> dict[str, list[tuple[float, float, bool]]]:
    """Strategy -> value, height and whether it is filled, of each sign."""
    return {
        strategy: [(*line.get_xydata()[0], filled(line)) for line in axes.lines if wears(line, strategy)]
        for strategy in METHODS
    }


def test_coefficients_are_those_of_the_published_fit_in_the_row_of_their_task(
    marked: Study, figures: dict[str, Figure]
) -> None:
    axes = panels(figures["published_3"])
    unit = "nats per pixel"
    for model, tasks in (("nnunet", ("heart", "lung")), ("swin_unet", ("lung",))):
        for name, title in (("a", f"a [{unit} · Nᵇ]"), ("b", "b"), ("c", f"c [{unit}]")):
            drawn = signs_on(axes[f"{title} · {model}"])
            for strategy in METHODS:
                expected = [
                    (getattr(marked.laws_of(task, model)[strategy].published.law, name), ("heart", "lung").index(task))
                    for task in tasks if strategy in marked.laws_of(task, model)
                ]  # fmt: skip
                assert [value for value, _, _ in drawn[strategy]] == pytest.approx([value for value, _ in expected])
                for (_, height, _), (_, row) in zip(drawn[strategy], expected, strict=True):
                    assert abs(height - row) < 0.5


def test_methods_are_below_each_other_in_a_row_and_rows_from_above(figures: dict[str, Figure]) -> None:
    axes = panels(figures["published_3"])["a [nats per pixel · Nᵇ] · nnunet"]
    heights = [signs_on(axes)[strategy][-1][1] for strategy in METHODS]  # of lungs
    assert heights == sorted(heights)
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["heart", "lung"]
    assert list(axes.get_yticks()) == [0, 1]
    assert not panels(figures["published_3"])["b · nnunet"].get_yticklabels()  # named once


def test_coefficients_of_too_few_sizes_are_hollow(figures: dict[str, Figure]) -> None:
    axes = panels(figures["published_3"])["c [nats per pixel] · nnunet"]
    hollow = {
        (strategy, round(row)) for strategy, signs in signs_on(axes).items() for _, row, full in signs if not full
    }
    assert hollow == {(KEPT, 0)}  # hearts have three sizes


def test_the_axis_of_a_is_logarithmic_where_every_law_falls(marked: Study, tmp_path: Path) -> None:
    precise = load_study(Odd(sizes=(2, 4, 8, 16), seeds=2).write(tmp_path).folder)
    a, b, c = coefficient_figure(precise, [KEPT]).axes
    assert [axes.get_xscale() for axes in (a, b, c)] == ["log", "linear", "linear"]
    assert b.get_xlim()[0] <= 0
    assert c.get_xlim()[0] <= 0
