from dataclasses import replace

import pytest

from segaug.errors import ConfigError, DataError
from segaug.experiment.plan import check_consistent, make_plan, remember
from segaug.files import write_atomic
from segaug.results.store import Store


def test_sizes_above_the_pool_are_skipped_in_a_multirun_and_refused_in_a_single_trial(tiny):
    trials = [tiny("scale.size=4"), tiny("scale.size=4000"), tiny("scale.size=4000", "seed=1")]
    plan = make_plan(trials, skip_large=True)
    assert [one.size for one in plan.trials] == [4]
    (skipped,) = plan.skipped
    assert skipped["size"] == 4000
    with pytest.raises(ConfigError, match=r"scale.size: 4000 .* pool"):
        make_plan(trials, skip_large=False)


def test_all_is_the_whole_pool(tiny):
    plan = make_plan([tiny("scale=all")], skip_large=False)
    assert plan.trials[0].size == len(next(iter(plan.tasks.values())).split.pool)


def test_the_same_trial_asked_for_twice_runs_once(tiny):
    assert len(make_plan([tiny(), tiny(), tiny("augment.p=1.0")], skip_large=True).trials) == 1


def test_seeds_run_one_after_the_other_and_large_sizes_first(tiny):
    grid = [tiny(f"scale.size={size}", f"seed={seed}") for size in (1, 4) for seed in (0, 1)]
    order = [(one.trial.config.seed, one.size) for one in make_plan(grid, skip_large=True).trials]
    assert order == [(0, 4), (0, 1), (1, 4), (1, 1)]


def test_a_size_that_the_network_cannot_take_is_refused_before_data_are_read(tiny):
    with pytest.raises(ConfigError, match=r"dataset.size.*multiple of 8"):
        make_plan([tiny("dataset.size=20")], skip_large=True)


@pytest.mark.parametrize(("part", "change"), [("dataset", "dataset.seed=7"), ("protocol", "protocol.length=5")])
def test_two_contents_or_protocols_in_one_curve_are_refused(tiny, part, change):
    plan = make_plan([tiny()], skip_large=True)
    (one,) = plan.trials
    stored = {**one.key(), "dataset_hash": "x", "protocol_hash": "y"}
    with pytest.raises(ConfigError, match=r"another dataset.*name="):
        check_consistent(plan, [stored])
    other = make_plan([tiny(change, "seed=1")], skip_large=True)
    (two,) = other.trials
    same_curve = replace(two.trial, task=one.trial.task)
    tasks = {one.trial.task: other.tasks[two.trial.task]}
    from segaug.experiment.identity import protocol_hash

    before = {
        **one.key(),
        "dataset_hash": plan.tasks[one.trial.task].content_hash,
        "protocol_hash": protocol_hash(one.trial.config),
    }
    check_consistent(plan, [before])
    with pytest.raises(ConfigError, match=f"another {part}"):
        check_consistent(replace(other, trials=(replace(two, trial=same_curve),), tasks=tasks), [before])


def test_the_plan_grows_and_forgets_nothing(tiny, tmp_path):
    store = Store(tmp_path / "study")
    first, second = (make_plan([tiny(f"seed={seed}")], skip_large=True) for seed in (0, 1))
    for plan in (first, second, first):
        remember(plan, store, {"command": "segaug train"})
    assert {trial["seed"] for trial in store.plan()["trials"]} == {0, 1}
    assert len(store.plan()["trials"]) == 2


def test_another_schema_of_the_plan_is_refused(tiny, tmp_path):
    store = Store(tmp_path / "study")
    write_atomic(store.folder / "plan" / "of-the-future.json", b'{"schema": 99}')
    with pytest.raises(DataError, match="schema 99"):
        remember(make_plan([tiny()], skip_large=True), store, {})


def test_two_data_sets_of_one_name_are_refused(tiny):
    with pytest.raises(ConfigError, match="two data sets in this sweep are called phantom_thorax_lung"):
        make_plan([tiny(), tiny("dataset.note=another")], skip_large=True)
