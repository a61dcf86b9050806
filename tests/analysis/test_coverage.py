"""Intervals hold and verdicts are right on simulated trials: benchmarks/coverage.py with few repetitions.

Bands allow for the sampling error of so few; the benchmark itself is stricter.
"""

from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pytest

from benchmarks.coverage_parts import equivalents, planning, shapes, two_way
from benchmarks.coverage_parts.effort import Effort, mean_and_worst, rate
from benchmarks.coverage_parts.floor_test import simulate as p_values
from benchmarks.coverage_parts.laws import (
    FEW_SEEDS,
    STANDARD,
    Setting,
    coverage,
    ignoring_correlation,
    missing_cells,
    simulate,
)
from benchmarks.coverage_parts.paired import Setting as Comparison
from benchmarks.coverage_parts.paired import complete, each_has_one_size, half_lack_sizes, incomplete
from benchmarks.coverage_parts.table import Band, Cell, Row, Table
from benchmarks.coverage_parts.trials import Noise
from benchmarks.coverage_parts.truths import GRID, MIDDLE, NARROW, WIDE, Truth
from tests.slow_rest import slow_but

FEW = Effort(repetitions=18)
CORRELATED = Noise(correlation=0.5)
TWO_WAY = [f"{setting.name}, {setting.draws}" for setting in two_way.SETTINGS]


def failures(table: Table) -> str:
    """The table if any line of it failed."""
    return str(table) if any(row.failed for row in table.rows) else ""


SETTINGS = (
    Setting("S = 20", Noise(20), STANDARD),
    Setting("S = 5", Noise(5), FEW_SEEDS),
    Setting("25 % missing", bands=FEW_SEEDS, gaps=missing_cells),
    Setting("nested", CORRELATED, STANDARD, nested=True),
)


@pytest.mark.parametrize("setting", slow_but(SETTINGS, "nested", ids=[setting.name for setting in SETTINGS]))
def test_intervals_cover_and_true_laws_pass(setting):
    assert not failures(coverage(setting.name, [setting], FEW))


def test_seeds_that_go_through_all_sizes_must_not_be_ignored():
    ignored = Setting("ignored", CORRELATED, STANDARD, fit=ignoring_correlation)
    assert failures(coverage("ignored", [ignored], Effort(6)))


@pytest.mark.parametrize("shape", [shapes.double_bump, shapes.steeper, shapes.exponential])
@pytest.mark.parametrize("design", slow_but([MIDDLE, WIDE], str(MIDDLE)))
def test_wrong_shapes_are_noticed_and_still_covered(shape, design):
    found = shapes.simulate(20, (shape, design))
    assert not rate(found.doubtful, Band(95)).failed
    assert not rate(found.default, Band(90)).failed


def test_a_floor_is_rarely_stated_where_there_is_none():
    for design in (NARROW, MIDDLE, WIDE):
        said = np.concatenate([simulate(Setting(""), 20, (design, t)).floor for t in GRID if t.floor_share == 0])
        assert not rate(said == "identified", Band(high=3)).failed


@pytest.mark.parametrize(
    ("design", "stated"), [(NARROW, Band(6, 18)), (MIDDLE, Band(62, 80)), (WIDE, Band(97))], ids=str
)
def test_a_floor_is_found_as_often_as_the_sizes_allow(design, stated):
    said = simulate(Setting(""), 100, (design, Truth(0.5, 0.5))).floor
    assert not rate(said == "identified", stated).failed


def test_likelihood_ratio_test_of_no_floor_keeps_its_level():
    null = [truth for truth in GRID if truth.floor_share == 0]
    p = np.concatenate([p_values(Setting(""), 25, (MIDDLE, truth)) for truth in null])[:, 0]
    assert not rate(p < 0.05, Band(2.5, 7)).failed


@pytest.mark.parametrize("setting", slow_but(two_way.SETTINGS, TWO_WAY[0], ids=TWO_WAY))
def test_only_draws_of_patients_cover_their_population(setting):
    hits = np.array([two_way.simulate(setting, 10, truth) for truth in (Truth(0.3, 0.2), Truth(0.5, 0.2))])
    cells = [mean_and_worst(hits[..., number], band) for number, band in enumerate(setting.bands)]
    assert not any(cell.failed for cell in cells)


def test_equivalent_data_is_covered_and_open_where_the_baseline_never_gets():
    run = partial(equivalents.simulate, Noise(10), 8)
    for contests, band in ((equivalents.CONTESTS[:3], Band(92, 97)), (equivalents.BELOW, None)):
        outcomes = [one for contest in contests for one in run((contest, MIDDLE))]
        assert not rate(np.concatenate([one.covered for one in outcomes]), band).failed
        assert sum(one.upper_ends for one in outcomes) == 0


def test_comparisons_keep_their_level():
    level, power = complete(Effort(15))
    assert not failures(level)
    shares = {row.labels: [cell.value for cell in row.cells] for row in power.rows}
    assert shares["lognormal", "20"][0] > 80


def test_comparisons_keep_their_level_with_trials_missing_and_with_other_spreads():
    hard = Comparison("half lack sizes", Noise(10), half_lack_sizes, wider=3.0, normal_cv=0.1)
    lonely = Comparison("each seed has one size", Noise(20), each_has_one_size)
    assert not failures(incomplete(Effort(25), "", [hard, lonely]))


def test_power_is_forecast_and_the_delta_method_misleads():
    for truth, design in ((Truth(0.5, 0.5), MIDDLE), (Truth(0.5, 0.8), NARROW)):
        row = planning.row(truth, design, 20, planning.simulated(150, (truth, design, 20)))
        assert not row.failed, str(Table("", planning.COLUMNS, [row]))


def test_results_do_not_depend_on_the_number_of_processes():
    setting = Setting("S = 5", Noise(5), FEW_SEEDS)
    one = str(coverage("", [setting], Effort(2, FEW.truths[:2])))
    with ProcessPoolExecutor(2) as pool:
        assert str(coverage("", [setting], Effort(2, FEW.truths[:2], pool))) == one


def test_a_number_outside_its_band_is_marked():
    inside, outside = (Row((name,), (Cell(f"{x}", x, Band(high=3)),)) for name, x in (("few", 1.0), ("many", 9.0)))
    lines = str(Table("title", ("cell", "errors"), [inside, outside])).splitlines()
    assert lines[2].split() == ["accepted", "<=", "3"]
    assert [line.split()[-1] for line in lines[3:]] == ["PASS", "FAIL"]
    assert "9.0!" in lines[4]


@pytest.mark.parametrize(("value", "failed"), [(94.9, True), (95.0, False), (99.0, False), (float("nan"), True)])
def test_bands_include_their_ends_and_nothing_unknown(value, failed):
    assert Cell("", value, Band(95, 99)).failed is failed
