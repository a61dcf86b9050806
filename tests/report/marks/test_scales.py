"""Axes of errors against N: logarithmic, named sizes, one range a task, room for what is claimed."""

import math
from collections.abc import Iterator
from itertools import pairwise

import pytest
from matplotlib.axes import Axes

from segaug.report.look.theme import new_figure, themed
from segaug.report.marks.scales import references, set_axes, shift, validation_labels
from segaug.report.study.measure import Measure
from segaug.report.study.study import Study
from tests.report.marked_study import (
    CONSTANT,
    HEART,
    HEART_SIZES,
    KEPT,
    LUNG,
    OTHER_MODEL,
    SIZES,
    STRATEGIES,
    atlas,
    errors,
)


@pytest.fixture
def axes() -> Iterator[Axes]:
    with themed():
        drawn: Axes = new_figure(3, 3).subplots()
        yield drawn


@pytest.fixture(scope="module")
def error(marked: Study) -> Measure:
    return marked.measured.fitted_of("lung")


def dice(study: Study) -> Measure:
    return next(measure for measure in study.measured.of("lung") if measure.key == "dice")


def set_for(axes: Axes, study: Study, measure: Measure, group: tuple[str, str], laws: bool) -> None:
    set_axes(axes, study, measure, *group, laws)


@pytest.mark.parametrize("sizes", [(1, 2, 4), (1, 4, 16), (10, 11, 300), (8,)])
@pytest.mark.parametrize("count", [2, 5])
def test_strategies_are_set_side_by_side_about_their_size(sizes: tuple[int, ...], count: int) -> None:
    names = [f"s{place}" for place in range(count)]
    factors = [shift(names, sizes, name) for name in names]
    assert all(left < right for left, right in pairwise(factors))
    assert math.prod(factors) == pytest.approx(1)
    for low, high in pairwise(sizes):
        assert math.log(factors[-1] / factors[0]) <= 0.23 * math.log(high / low)  # a mean stays near its law


def test_a_strategy_alone_stays_on_its_size() -> None:
    assert shift(["red"], (1, 2, 4), "red") == 1.0


def test_axes_are_logarithmic_and_name_the_sizes_of_the_panel(axes: Axes, marked: Study, error: Measure) -> None:
    set_for(axes, marked, error, OTHER_MODEL, laws=False)
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert list(axes.get_xticks()) == [2, 4, 8, 16]
    assert [axes.xaxis.get_major_formatter()(size) for size in (2, 16)] == ["2", "16"]
    assert axes.get_xlim()[0] < 2 < 16 < axes.get_xlim()[1] < 32
    assert axes.get_ylabel() == error.axis == "test BCE [nats per pixel]"


def test_all_panels_of_a_task_have_one_range_that_holds_every_trial_and_reference(
    marked: Study, error: Measure
) -> None:
    limits = []
    for group in (LUNG, OTHER_MODEL):
        with themed():
            axes = new_figure(3, 3).subplots()
            set_for(axes, marked, error, group, laws=False)
        limits.append(axes.get_ylim())
    assert limits[0] == limits[1]
    values = [value for name in STRATEGIES for of in errors(*LUNG, name).values() for value in of]
    values += [value for of in errors(*OTHER_MODEL, KEPT).values() for value in of]
    values += [CONSTANT, *(atlas(size) for size in SIZES)]
    low, high = limits[0]
    assert 0.8 * min(values) < low < min(values)
    assert max(values) < high < 1.3 * max(values)


def test_another_task_has_its_own_range(axes: Axes, marked: Study, error: Measure) -> None:
    set_for(axes, marked, error, HEART, laws=False)
    values = [value for of in errors(*HEART, KEPT).values() for value in of]
    low, high = axes.get_ylim()
    assert 0.8 * min(values) < low < min(values) < max(values) < high < 1.3 * max(values)
    assert list(axes.get_xticks()) == list(HEART_SIZES)


def test_laws_get_room_to_where_they_are_claimed_and_for_an_identified_floor(
    axes: Axes, marked: Study, error: Measure
) -> None:
    set_for(axes, marked, error, OTHER_MODEL, laws=True)
    assert axes.get_xlim()[1] > 256  # as far as any law of the task, so that the panels can be compared
    (shade,) = axes.patches
    assert (shade.get_x(), shade.get_x() + shade.get_width()) == (16, axes.get_xlim()[1])  # where no trial has been
    floors = [fit.stated_floor.low for curve, fit in marked.laws if curve.task == "lung" and fit.stated_floor]
    with themed():
        plain = new_figure(3, 3).subplots()
        set_for(plain, marked, error, OTHER_MODEL, laws=False)
    assert not plain.patches
    (bottom, top), (low, high) = axes.get_ylim(), plain.get_ylim()
    assert min(floors) < low
    assert low / 2 <= bottom < low
    assert bottom == pytest.approx(max(min(floors) / 1.1, low / 2))
    assert top == high


def test_where_nothing_is_claimed_nothing_is_shaded(axes: Axes, marked: Study, error: Measure) -> None:
    set_for(axes, marked, error, HEART, laws=True)
    assert not axes.patches
    assert axes.get_xlim()[1] < 2 * HEART_SIZES[-1]


def test_a_score_has_a_plain_axis_that_ends_at_one(axes: Axes, marked: Study) -> None:
    measure = dice(marked)
    set_for(axes, marked, measure, LUNG, laws=False)
    assert (axes.get_yscale(), axes.get_ylim()[1]) == ("linear", 1.0)
    lowest = min(seed.value for seeds in marked.seeds(measure, *OTHER_MODEL).values() for seed in seeds)
    assert axes.get_ylim()[0] == pytest.approx(lowest - 0.05)
    assert axes.get_ylabel() == measure.axis


def test_the_axis_says_what_the_trials_have_cost_beside_n(axes: Axes, marked: Study, error: Measure) -> None:
    assert validation_labels(marked, *LUNG) == "16"
    assert validation_labels(marked, *HEART) == "16 to 20"
    set_for(axes, marked, error, HEART, laws=False)
    assert axes.get_xlabel() == "labelled training images N (+ V = 16 to 20 for validation)"


def test_references_are_means_over_the_trials_of_the_panel(marked: Study, error: Measure) -> None:
    known = references(marked, error, *OTHER_MODEL)
    assert known["atlas"] == pytest.approx({size: atlas(size) for size in SIZES[:4]})
    assert known["constant"] == pytest.approx(dict.fromkeys(SIZES[:4], CONSTANT))
    assert references(marked, error, *HEART) == {"atlas": {}, "constant": {}}
