"""Forecasts: those of the planner, from the study's own baseline."""

from pathlib import Path

import pytest

from segaug.analysis.planning.power_plan import plan_from_pilot
from segaug.report.look.theme import themed
from segaug.report.planning.forecasts import SEEDS, Forecasts, effect_table, forecasts, planning_caption, planning_notes
from segaug.report.planning.planning_figure import planning_figure, planning_panel, planning_signs
from segaug.report.planning.planning_section import section
from segaug.report.study.study import Study, load_study
from tests.report.paired_study import SIZES, write_paired_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(write_paired_study(tmp_path_factory.mktemp("studies") / "paired").folder, "bce")


@pytest.fixture(scope="module")
def found(study: Study) -> Forecasts:
    (one,) = forecasts(study)
    return one


def test_they_agree_with_the_planner(study: Study, found: Forecasts) -> None:
    plan = plan_from_pilot([curve.trials for curve in study.fits], 0.9, "baseline", seeds=SEEDS)
    (planned,) = [one for key, one in plan.curves.items() if key.strategy == "baseline"]
    for design, forecast in planned.forecasts.items():
        ours = found.plan.forecasts[design]
        assert ours.chances == forecast.chances
        assert ours.relative_half_width(found.yardstick) == pytest.approx(forecast.relative_half_width(plan.yardstick))


def test_the_studys_own_design_is_among_them_and_marked(study: Study, found: Forecasts) -> None:
    assert found.seeds == 6
    assert SIZES in found.by_sizes
    with themed():
        figure = planning_panel(study, found)
    rings = [line for axes in figure.axes for line in axes.lines if line.get_markerfacecolor() == "none"]
    assert [list(ring.get_xdata()) for ring in rings] == [[6], [6]]


def test_a_line_a_design(study: Study, found: Forecasts) -> None:
    with themed():
        figure = planning_figure(study, [found], planning_caption(study))
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 1]
    assert len(lines) == len(found.by_sizes) == len(planning_signs([found])) - 1
    assert list(lines[0].get_xdata()) == sorted({*SEEDS, 6})


def test_more_seeds_never_tell_less(found: Forecasts) -> None:
    for line in found.by_sizes.values():
        widths = [one.relative_half_width(found.yardstick) for one in line]
        assert widths == sorted(widths, reverse=True)


def test_a_comparison_needs_more_seeds_where_ratios_vary_more(tmp_path: Path, study: Study) -> None:
    wild = load_study(write_paired_study(tmp_path / "wild", spread=0.3).folder, "bce")
    (calm_row,), (wild_row,) = effect_table(study).rows, effect_table(wild).rows
    assert int(wild_row[5]) > int(calm_row[5])
    assert calm_row[4] == "6"


def test_too_few_sizes_are_said(tmp_path: Path) -> None:
    store = write_paired_study(tmp_path / "short")
    for trial in store.records():
        if trial["size"] not in SIZES[:2]:
            store.record_path(trial["id"]).unlink()
    short = load_study(store.folder, "bce")
    assert planning_notes(short, forecasts(short)) == [
        "phantom_thorax: no forecast, baseline has 2 of at least 3 sizes"
    ]


def test_one_trial_a_cell_leaves_nothing_to_plan(tmp_path: Path) -> None:
    assert section(load_study(write_paired_study(tmp_path / "single", seeds=1).folder, "bce")) is None
