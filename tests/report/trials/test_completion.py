"""The grid of trials: every trial is in one cell, and a cell says what it lacks."""

import pytest

from segaug.report.study.study import load_study
from segaug.report.trials.completion import Cell, completion
from tests.report.conftest import HOSTILE


@pytest.fixture(scope="module")
def study(troubled):
    return load_study(troubled, "bce")


@pytest.fixture(scope="module")
def grids(study):
    return {grid.name: grid for grid in completion(study).grids}


def test_every_trial_is_in_one_cell(study, grids):
    cells = [cell for grid in grids.values() for _, row in grid.rows for cell in row if cell]
    assert sum(cell.planned for cell in cells) == len(study.trials)
    assert sum(cell.done for cell in cells) == len(study.records)


def test_what_is_not_done_is_named_by_seed(grids):
    sizes, rows = grids["cardiac_lv · nnunet"].sizes, dict(grids["cardiac_lv · nnunet"].rows)
    cell = rows["baseline"][sizes.index(16)]
    assert (cell.done, cell.planned) == (2, 4)
    assert cell.sentence == "baseline, N = 16: 2 of 4 done; failed: seed 2; missing: seed 3"


def test_a_diverged_trial_is_done_and_named(grids):
    cell = dict(grids["cardiac_lv · nnunet"].rows)["red"][0]
    assert (cell.done, cell.planned) == (4, 4)
    assert cell.sentence.endswith("; diverged: seed 0")


def test_cells_that_nobody_planned_stay_empty(grids):
    assert dict(grids["phantom_thorax · nnunet"].rows)[HOSTILE][0] is None


def test_strategies_come_in_the_order_of_the_palette(grids):
    assert [name for name, _ in grids["phantom_thorax · nnunet"].rows] == ["baseline", "red", HOSTILE]


def test_the_caption_counts(study):
    assert completion(study).caption.startswith("100 of 104 trials have a result (2 failed, 2 missing).")


def test_many_seeds_are_listed_in_order():
    assert Cell("red", 4, {"done": [1], "missing": [9, 10, 2]}).sentence.endswith("missing: seeds 2, 9, 10")
