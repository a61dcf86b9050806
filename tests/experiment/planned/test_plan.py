from dataclasses import replace

import pytest

from segaug.errors import ConfigError, DataError
from segaug.experiment.config.identity import science
from segaug.experiment.planned.plan import check_consistent, make_plan, remember
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


def stored(plan):
    """What a study that has run this plan holds: rows of its trials, and the config in their records."""
    rows = [{**one.key(), "dataset_hash": plan.tasks[one.trial.task].content_hash} for one in plan.trials]
    configs = {one.id: science(one.trial.config) for one in plan.trials}
    return rows, configs.__getitem__


def test_the_same_settings_go_on_in_a_curve(tiny):
    before = stored(make_plan([tiny()], skip_large=True))
    check_consistent(make_plan([tiny("seed=1"), tiny("augment=red")], skip_large=True), *before)


def test_two_contents_of_a_data_set_in_one_curve_are_refused(tiny, drawn_once):
    before = stored(make_plan([tiny()], skip_large=True))
    other = make_plan([drawn_once("dataset.seed=1", "seed=1")], skip_large=True)
    (two,) = other.trials
    renamed = replace(two, trial=replace(two.trial, task=tiny().task))
    tasks = {tiny().task: other.tasks[two.trial.task]}
    with pytest.raises(ConfigError, match=r"another content.*name="):
        check_consistent(replace(other, trials=(renamed,), tasks=tasks), *before)


@pytest.mark.parametrize("where", ["stored", "planned"])
def test_two_protocols_in_one_curve_are_refused(tiny, where):
    one, other = tiny(), tiny("protocol.length=5", "seed=1")
    before = stored(make_plan([one] if where == "stored" else [], skip_large=True))
    plan = make_plan([other] if where == "stored" else [one, other], skip_large=True)
    with pytest.raises(ConfigError, match=r"protocol.length was 4 and is now 5.*name="):
        check_consistent(plan, *before)


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
