"""Forecasts against the number of seeds: chances and half widths of each design, the study's own ringed."""

import math
from functools import partial
from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from segaug.report.look.theme import themed
from segaug.report.planning.forecasts import SEEDS, Forecasts, forecasts
from segaug.report.planning.planning_figure import planning_figure, planning_panel, planning_signs
from segaug.report.study.study import Study, load_study
from tests.report.drawn import entries, points_of, titles
from tests.report.odd_studies import Odd, law

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture(scope="module")
def lung(marked: Study) -> Forecasts:
    (of_lung,) = (group for group in forecasts(marked) if (group.task, group.model) == ("lung", "nnunet"))
    return of_lung


@pytest.fixture(scope="module")
def panel(marked: Study, lung: Forecasts) -> tuple[Axes, Axes]:
    with themed():
        left, right = planning_panel(marked, lung).axes
    return left, right


def designs(axes: Axes) -> list[Line2D]:
    return [line for line in axes.lines if len(line.get_xdata()) > 1]


def test_the_left_panel_is_the_chance_that_the_floor_is_identified(panel: tuple[Axes, Axes], lung: Forecasts) -> None:
    left, _ = panel
    assert len(designs(left)) == len(lung.by_sizes) > 1
    for line, by_seeds in zip(designs(left), lung.by_sizes.values(), strict=True):
        assert list(line.get_xdata()) == [forecast.design.seeds for forecast in by_seeds] == list(SEEDS)
        assert list(line.get_ydata()) == [100 * forecast.chances.identified for forecast in by_seeds]
    assert left.get_title(loc="left") == "floor identified [%]"
    assert left.get_ylim() == (-4, 104)
    assert left.get_yscale() == "linear"


def test_the_right_panel_is_the_half_width_beyond_the_data_in_per_cent(
    panel: tuple[Axes, Axes], lung: Forecasts
) -> None:
    _, right = panel
    values = []
    for line, by_seeds in zip(designs(right), lung.by_sizes.values(), strict=True):
        widths = [100 * forecast.relative_half_width(256) for forecast in by_seeds]
        assert list(line.get_ydata()) == pytest.approx(widths)
        values += widths
    assert right.get_title(loc="left") == "E(256) known to ± [%]"
    assert right.get_yscale() == "log"
    low, high = right.get_ylim()
    assert (low, high) == pytest.approx((min(values) / 1.2, max(values) * 1.2))
    assert all(low <= tick <= high for tick in right.get_yticks())


def test_designs_look_alike_in_both_panels_and_in_the_legend(panel: tuple[Axes, Axes], lung: Forecasts) -> None:
    *signs, own = planning_signs([lung])
    looks = [[(line.get_color(), line.get_marker()) for line in lines] for lines in (*map(designs, panel), signs)]
    assert looks[0] == looks[1] == looks[2]
    assert len(set(looks[0])) == len(looks[0])
    assert [sign.get_label() for sign in signs] == [f"N = {label}" for label in lung.sizes_labels]
    assert (own.get_label(), own.get_markerfacecolor()) == ("this study", "none")


def test_the_study_itself_is_ringed_on_its_own_line(panel: tuple[Axes, Axes]) -> None:
    for axes in panel:
        (ring,) = (line for line in axes.lines if len(line.get_xdata()) == 1)
        (place,) = points_of(ring)
        assert place[0] == 5  # seeds
        assert place in points_of(designs(axes)[0])
        assert ring.get_markerfacecolor() == "none"


def test_axes_name_the_numbers_of_seeds(panel: tuple[Axes, Axes]) -> None:
    for axes in panel:
        assert axes.get_xscale() == "log"
        assert list(axes.get_xticks()) == list(SEEDS)
    assert panel[0].figure.get_supxlabel() == "seeds per size"


def test_a_line_ends_where_nothing_is_said(tmp_path: Path) -> None:
    noisy = Odd(sizes=(8, 12, 16), strategies=("baseline",), seeds=2, error=partial(law, noise=2.0))
    study = load_study(noisy.write(tmp_path).folder)
    (group,) = forecasts(study)
    _, right = planning_panel(study, group).axes
    widths = [
        [forecast.relative_half_width(group.yardstick) for forecast in by_seeds] for by_seeds in group.by_sizes.values()
    ]
    assert any(width > 1 for line in widths for width in line)
    for line, known in zip(designs(right), widths, strict=True):
        drawn = [float(value) for value in line.get_ydata()]
        assert [math.isnan(value) for value in drawn] == [width > 1 for width in known]


def test_a_figure_for_a_paper_has_a_row_a_group(marked: Study) -> None:
    groups = forecasts(marked)
    figure = planning_figure(marked, groups, "small print")
    assert [part.get_suptitle() for part in figure.subfigs] == ["heart · nnunet", "lung · nnunet", "lung · swin_unet"]
    assert len(titles(figure)) == 2 * len(groups)
    assert entries(figure)[0] == "as here"  # designs of other sizes in each group
    assert entries(figure)[-1] == "this study"
    assert "small print" in [text.get_text() for text in figure.texts]
