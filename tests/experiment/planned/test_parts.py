"""The images of a trial."""

from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import make_plan


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
