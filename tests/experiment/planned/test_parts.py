"""The images of a trial."""

import pytest
import torch

from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import load, make_plan
from tests.experiment.pooled_tiny import pooled


@pytest.fixture
def tiny(drawn_once):
    return drawn_once


def rows_by_seed(trials):
    plan = make_plan(trials, skip_large=False)
    return {one.trial.config.seed: parts_of(one, plan.tasks[one.trial.task], "cpu").rows for one in plan.trials}, plan


def test_seeds_share_a_subset_where_the_protocol_says_so(tiny):
    shared, plan = rows_by_seed([tiny(f"seed={seed}", "protocol.seeds_per_subset=3") for seed in range(6)])
    alone, _ = rows_by_seed([tiny(f"seed={seed}") for seed in range(2)])
    assert shared == {seed: alone[seed // 3] for seed in range(6)}
    assert alone[0] != alone[1]
    assert len({one.id for one in plan.trials}) == 6


def test_each_validation_image_has_its_patient(tiny):
    trial = tiny()
    plan = make_plan([trial], skip_large=False)
    task = plan.tasks[trial.task]
    parts = parts_of(plan.trials[0], task, "cpu")
    assert parts.validation_patients == tuple(task.patients[row] for row in task.split.validation)
    (none,) = make_plan([tiny("protocol.validation=none")], skip_large=False).trials
    assert parts_of(none, task, "cpu").validation_patients == ()


def rows_by_k(tiny, ks, *words):
    trials = [pooled(tiny(*words), k) for k in ks]
    plan = make_plan(trials, skip_large=False)
    task = plan.tasks[trials[0].task]
    parts = {trial.task: parts_of(one, task, "cpu") for one in plan.trials for trial in [one.trial]}
    return [parts[trial.task] for trial in trials], task


def test_the_subset_of_the_base_does_not_depend_on_what_is_added(tiny):
    (alone,) = make_plan([tiny()], skip_large=False).trials
    own = parts_of(alone, load(alone.trial), "cpu")
    parts, task = rows_by_k(tiny, (0, 2, 6))
    assert [each.rows[:4] for each in parts] == [own.rows] * 3
    assert [len(each.rows) for each in parts] == [4, 6, 10]
    assert parts[2].rows[:6] == parts[1].rows
    assert set(parts[2].rows[4:]) < set(task.pool_of(1))
    assert parts[2].subset.source.tolist() == [0] * 4 + [1] * 6


def test_added_images_are_drawn_by_the_seed_of_the_subset(tiny):
    words = ("protocol.seeds_per_subset=2",)
    added = [rows_by_k(tiny, (3,), f"seed={seed}", *words)[0][0].rows[4:] for seed in range(4)]
    assert added[0] == added[1] != added[2] == added[3]


def test_validation_and_test_are_those_of_the_base(tiny):
    (none, some), task = rows_by_k(tiny, (0, 6))
    assert torch.equal(none.test.image, some.test.image)
    assert torch.equal(none.validation.image, some.validation.image)
    assert not task.source[[*task.split.test, *task.split.validation, *task.split.external]].any()
