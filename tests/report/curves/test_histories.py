"""Validation during training: the median over the seeds that were still trained, for three sizes on one scale."""

from pathlib import Path
from statistics import median

import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

from segaug.report.curves.histories import history_panel, shown_sizes, validated
from segaug.report.look.palette import look
from segaug.report.look.theme import themed
from segaug.report.study.study import Study, load_study
from tests.report.drawn import colour, curves, entries, solid
from tests.report.marked_study import (
    HEART,
    KEPT,
    LUNG,
    REJECTED,
    SEEDS,
    SHORT,
    STOPPED,
    STRATEGIES,
    UPDATES,
    cells,
    validation_error,
)
from tests.report.odd_studies import Odd


def panels_of(study: Study, group: tuple[str, str]) -> list[Axes]:
    with themed():
        figure = history_panel(study, *group)
    assert figure is not None
    return list(figure.axes)


@pytest.fixture(scope="module")
def lung(marked: Study) -> list[Axes]:
    return panels_of(marked, LUNG)


def test_the_smallest_the_middle_and_the_largest_size_are_shown(marked: Study, lung: list[Axes]) -> None:
    assert shown_sizes(marked) == [2, 16, 64]
    assert [axes.get_title(loc="left") for axes in lung] == ["N = 2", "N = 16", "N = 64"]
    assert [axes.bbox.x0 for axes in lung] == sorted(axes.bbox.x0 for axes in lung)


def test_each_line_is_the_median_over_the_seeds_that_were_validated(lung: list[Axes]) -> None:
    for axes, size in zip(lung, (2, 16, 64), strict=True):
        strategies = [name for name in STRATEGIES if name != SHORT or size == 64]
        assert [colour(line) for line in curves(axes)] == [look(name).light for name in strategies]
        for line, strategy in zip(curves(axes), strategies, strict=True):
            trials = [cell for cell in cells(*LUNG, strategy) if cell.size == size]  # also those that diverged
            assert len(trials) == SEEDS
            assert tuple(line.get_xdata()) == UPDATES
            expected = [
                median(validation_error(cell, update) for cell in trials if cell.seed < SEEDS - 1 or place < STOPPED)
                for place, update in enumerate(UPDATES)
            ]
            assert list(line.get_ydata()) == pytest.approx(expected)
            assert solid(line) == (look(strategy).dash == ())


def test_panels_share_a_logarithmic_scale_that_says_what_it_is_of(lung: list[Axes]) -> None:
    assert {axes.get_yscale() for axes in lung} == {"log"}
    assert len({axes.get_ylim() for axes in lung}) == 1
    assert {axes.get_xscale() for axes in lung} == {"linear"}
    assert lung[0].get_ylabel() == "validation BCE"
    assert "update" in [text.get_text() for text in lung[0].figure.texts]


def test_the_title_of_the_figure_touches_no_title_of_a_panel(marked: Study) -> None:
    with themed():
        figure = history_panel(marked, *LUNG)
        assert figure is not None
        figure.draw_without_rendering()
        (row,) = figure.subfigs
        heading = next(text for text in row.texts if text.get_text() == marked.title(*LUNG))
        titles = [text for axes in row.axes for text in axes.findobj(Text) if text.get_text().startswith("N = ")]
        highest = max(text.get_window_extent().y1 for text in titles)
        assert len(titles) == 3
        gap_pt = 72 * (heading.get_window_extent().y0 - highest) / figure.dpi
        assert gap_pt > 2  # an underscore of the one would seem to belong to the other


def test_a_size_without_trials_stays_empty(marked: Study) -> None:
    small, middle, large = panels_of(marked, HEART)
    assert [len(curves(axes)) for axes in (small, middle, large)] == [0, 1, 0]
    assert colour(curves(middle)[0]) == look(KEPT).light


def test_a_caption_can_say_what_is_drawn(marked: Study) -> None:
    assert validated(marked) == "validation BCE"


def test_what_has_no_logarithm_is_left_out(tmp_path: Path) -> None:
    def change(trial: dict) -> dict:
        column = [None, 0.0, *trial["history"]["validation_bce"][2:]]
        return {**trial, "history": {**trial["history"], "validation_bce": column}}

    study = load_study(Odd(sizes=(4,), seeds=1, strategies=(KEPT,), change=change).write(tmp_path).folder)
    (axes,) = panels_of(study, study.groups[0])
    (line,) = curves(axes)
    assert tuple(line.get_xdata()) == UPDATES[2:]


def test_nothing_validated_is_no_figure(tmp_path: Path) -> None:
    def change(trial: dict) -> dict:
        return {**trial, "history": {**trial["history"], "validation_bce": [None] * len(UPDATES)}}

    study = load_study(Odd(sizes=(4,), seeds=1, strategies=(KEPT,), change=change).write(tmp_path).folder)
    assert history_panel(study, *study.groups[0]) is None


def test_many_strategies_are_in_rows_with_a_legend_each(tmp_path: Path) -> None:
    names = (KEPT, REJECTED, *(f"method_{place}" for place in range(10)))
    study = load_study(Odd(sizes=(4,), seeds=1, strategies=names).write(tmp_path).folder)
    with themed():
        figure = history_panel(study, *study.groups[0])
    assert figure is not None
    upper, lower = figure.subfigs
    assert entries(upper)[0] == entries(lower)[0] == KEPT  # the baseline beside all others
    assert {*entries(upper), *entries(lower)} == set(names)
    for row in (upper, lower):
        (axes,) = row.axes
        assert [colour(line) for line in curves(axes)] == [look(name).light for name in entries(row)]
    said = [[text.get_text() for text in row.texts] for row in (upper, lower)]
    assert [any(f"({place} of 2)" in text for text in texts) for place, texts in enumerate(said, start=1)] == [
        True,
        True,
    ]
