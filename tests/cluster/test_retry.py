"""What is run again: what failed in the way that is asked for, and what its job took along; by its own command."""

import shlex

import pytest

from segaug.augment.artefact import ArtefactFailed
from segaug.cli import retry as verb
from segaug.cluster.retry import commands, in_vain, lost, only, wanted
from segaug.errors import ConfigError, DataError
from segaug.experiment.planned.plan import make_plan
from segaug.results.failure import KINDS, kind_of


@pytest.fixture
def trials(study):
    return [study.planned(seed) for seed in range(5)]


@pytest.fixture
def state(study, trials, paper):
    """Of a study of five: done, out of memory, out of time, lost with its job, in a live job."""
    study.send(trials[:4], trials[4:])
    study.finish(trials[0])
    study.fail(trials[1], "oom")
    study.fail(trials[2], "timeout")
    del paper.tasks["p0_0"]
    return study.store.folder


@pytest.mark.parametrize(
    ("kind", "seeds"), [(None, {1, 2, 3}), ("oom", {1}), ("timeout", {2}), ("killed", {3}), ("nan", set())]
)
def test_the_kind_that_is_asked_for(state, trials, kind, seeds):
    assert wanted(state, kind) == {trials[seed].id for seed in seeds}


def test_a_killed_trial_is_one_of_the_killed(state, study, trials):
    study.fail(trials[3], "killed")
    assert wanted(state, "killed") == {trials[3].id}
    assert not lost(study.store), "it has left a word"


def test_what_a_live_job_still_has_to_run_is_not_lost(state, study, trials, paper):
    assert lost(study.store) == {trials[3].id}
    paper.tasks.clear()
    assert lost(study.store) == {trials[3].id, trials[4].id}


def test_where_nothing_is_open_nobody_asks_the_scheduler(study, trials, paper):
    study.send(trials[:1])
    study.finish(trials[0])
    paper.broken = True
    assert not lost(study.store)


def ask(study, trials, *words):
    study.store.add_plan({"trials": [planned.key() for planned in trials], "command": shlex.join(words)})


def test_each_trial_comes_by_the_last_command_that_asked_for_it(study, trials):
    ask(study, trials[:3], "segaug", "train", "-m", "seed=range(3)", "output=/elsewhere")
    ask(study, trials[2:4], "segaug", "train", "-m", "seed=2,3")
    first, second = commands(study.store.folder, {planned.id for planned in trials[1:4]})
    output = f"output={study.store.folder}"
    assert first.overrides == ("-m", "seed=2,3", output)
    assert first.trials == {trials[2].id, trials[3].id}
    assert second.overrides == ("-m", "seed=range(3)", output), "into the folder where the study lies now"
    assert second.trials == {trials[1].id}


def test_a_command_of_another_program_is_passed_over(study, trials):
    ask(study, trials[:2], "segaug", "train", "seed=0")
    ask(study, trials[:2], "rm", "-rf", "seed=0")
    ask(study, trials[:2])
    (again,) = commands(study.store.folder, {trials[0].id})
    assert again.overrides[0] == "seed=0"


def test_trials_that_no_command_asked_for_are_an_error(study, trials):
    ask(study, trials[:2], "segaug", "train", "seed=0")
    with pytest.raises(DataError, match=r"holds no `segaug train` command of these trials; type the command"):
        commands(study.store.folder, {trials[4].id})


def test_of_a_command_only_these_trials_are_run(tiny):
    sweep = [tiny(f"seed={seed}") for seed in range(2)]
    too_large = sweep[0].at(size=10**6, seed=0)
    _, second = make_plan(sweep, skip_large=True).trials
    assert only([*sweep, too_large], {second.id}) == [second.trial]


def test_a_command_that_asks_for_none_of_them_any_more_says_so_and_how_to_go_on(tiny):
    with pytest.raises(ConfigError, match=r"none of the 1 failed trials .* an option or the data has changed.*`segaug"):
        only([tiny("seed=1")], {make_plan([tiny()], skip_large=True).trials[0].id})


def test_what_was_learned_and_must_not_be_used_is_known_to_fail_again(study, trials):
    kind = kind_of(ArtefactFailed(artefact="g", file="nan/g", reason="it ran out of memory of its codes"))
    study.fail(trials[0], kind)
    study.fail(trials[1], "oom")
    study.fail(trials[2], kind)
    asked = {trials[0].id, trials[1].id}
    assert [failure["id"] for failure in in_vain(study.store.folder, asked)] == [trials[0].id]
    assert wanted(study.store.folder, kind) == {trials[0].id, trials[2].id}, "it can be run again all the same"


def test_every_kind_of_failure_can_be_asked_for():
    assert verb.KINDS == KINDS, "written out there, so that the help needs no import"
