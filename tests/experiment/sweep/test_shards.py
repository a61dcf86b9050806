"""A shard runs its trials as the whole study would, remembers what is asked for elsewhere, and learns its share."""

import dataclasses

import pytest

from segaug.cluster.retry import commands
from segaug.errors import ConfigError
from segaug.experiment.artefacts.make_all import survey
from segaug.experiment.artefacts.prepare_study import prepare_study
from segaug.experiment.planned.plan import make_plan, remember
from segaug.experiment.sweep.study import run_study
from segaug.results.plan_pieces import of_whole_study, pieces
from segaug.results.shard import Shard
from segaug.results.store import Store

OF = 3
COMMAND = "segaug train -m name=main"


@pytest.fixture
def one(tiny):
    """A trial of a shard: one("1/3"); composed once."""
    trial = tiny()
    return lambda shard=None: dataclasses.replace(trial, config=dataclasses.replace(trial.config, shard=shard))


def grid(trial):
    return [trial.at(size=size, seed=seed) for size in (1, 2, 4) for seed in range(4)]


@pytest.fixture
def plans(one):
    """Those of all shards, and that of the study."""
    shards = [make_plan(grid(one(f"{number}/{OF}")), skip_large=True) for number in range(1, OF + 1)]
    return shards, make_plan(grid(one()), skip_large=True)


def ids(planned):
    return [one.id for one in planned]


def test_shards_part_the_trials_and_change_none(plans):
    shards, whole = plans
    assert sorted(one for plan in shards for one in ids(plan.trials)) == sorted(ids(whole.trials))
    assert all(ids(plan.asked) == ids(whole.trials) for plan in shards)
    assert shards[1].share == f"shard 2/{OF}: {len(shards[1].trials)} of 12 trials"
    assert (whole.share, whole.asked) == ("", whole.trials)


def test_a_trial_stays_in_its_shard_when_others_come(one, plans):
    trials = [trial.at(size=trial.config.scale.size, seed=seed) for trial in grid(one(f"1/{OF}")) for seed in range(9)]
    assert set(ids(plans[0][0].trials)) <= set(ids(make_plan(trials, skip_large=True).trials))


def test_what_all_shards_remember_is_what_the_study_remembers(plans, tmp_path):
    shards, whole = plans
    store = Store(tmp_path / "whole")
    remember(whole, store, {"command": f"{COMMAND} output=x"})
    assert store.plan()["elsewhere"] == 0
    (expected,) = pieces(store.folder)
    for number, plan in enumerate(shards, 1):
        shard = Store(tmp_path / str(number))
        remember(plan, shard, {"command": f"{COMMAND} shard=auto/{OF} output=node"})
        assert shard.plan()["command"] == f"{COMMAND} output=node shard={number}/{OF}"
        assert sorted(one["id"] for one in shard.plan()["trials"]) == sorted(ids(plan.trials))
        assert shard.plan()["elsewhere"] == len(whole.trials) - len(plan.trials)
        (piece,) = pieces(shard.folder)
        facts = {key: expected[key] for key in ("trials", "skipped", "command")}
        assert of_whole_study(piece, tmp_path / "whole") == {**facts, "command": f"{COMMAND} output={tmp_path}/whole"}


def test_failed_trials_are_run_again_by_the_command_of_their_own_shard(plans, tmp_path):
    for plan in plans[0][:2]:
        remember(plan, Store(tmp_path), {"command": COMMAND})
    for plan in plans[0][:2]:
        (again,) = commands(tmp_path, set(ids(plan.trials)))
        assert f"shard={plan.shard}" in again.overrides


def test_the_index_of_an_array_counts_only_where_it_is_asked_for(one, plans, monkeypatch):
    monkeypatch.setenv("JOB_COMPLETION_INDEX", "1")
    assert ids(make_plan(grid(one()), skip_large=True).trials) == ids(plans[1].trials)
    assert ids(make_plan(grid(one(f"auto/{OF}")), skip_large=True).trials) == ids(plans[0][1].trials)


def test_two_shards_in_one_command_are_refused(one):
    with pytest.raises(ConfigError, match="one command runs one share, not 1/2, 2/2"):
        make_plan([one("1/2"), one("2/2")], skip_large=True)


def test_a_shard_without_a_trial_has_nothing_to_do_and_can_be_merged(one, capsys):
    (held,) = ids(make_plan([one()], skip_large=True).trials)
    empty = next(number for number in range(1, 50) if not Shard(number, 50).holds(held))
    trial = one(f"{empty}/50")
    assert run_study([trial], workers=1, many=True, command=COMMAND) == []
    assert f"shard {empty}/50: 0 of 1 trials, nothing to run" in capsys.readouterr().out
    assert Store(trial.config.output).plan()["elsewhere"] == 1


def test_what_a_shard_prepares_is_for_the_trials_of_all(one, capsys):
    prepare_study(grid(one(f"1/{OF}")), workers=1, many=True)
    said = f"nothing to prepare: shard 1/{OF} holds nothing that these 12 trials learn before training"
    assert said in capsys.readouterr().out


def test_artefacts_are_shared_out_by_their_names(tiny):
    trial = tiny("augment=regda")
    plan = make_plan([trial.at(size=8, seed=seed) for seed in range(2)], skip_large=True)
    names = {request.name for request in survey(plan, plan.trials, strict=True).missing}
    shards = [Shard(number, 2) for number in (1, 2)]
    found = [{request.name for request in survey(plan, plan.trials, True, shard).missing} for shard in shards]
    assert found[0] | found[1] == names
    assert all(found)
    assert not found[0] & found[1]
