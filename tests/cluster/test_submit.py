"""What is sent: trials that nobody has, in packs that suit the cluster, with what their jobs have to know."""

import json
from types import SimpleNamespace

import pytest

from segaug.cluster.forecast import Forecast
from segaug.cluster.frozen import code_hash
from segaug.cluster.packs import MOST_PACKS
from segaug.cluster.scheduler import Cluster, Limits, SchedulerError
from segaug.cluster.settings import JobSettings
from segaug.cluster.submit import (
    failed_here,
    live_submissions,
    most_packs,
    packs_of,
    pending_trials,
    send,
    submit_study,
)
from segaug.errors import UserError
from segaug.experiment.config.identity import science

HOURLY = SimpleNamespace(seconds=lambda planned: 3600.0, source="a guess")


@pytest.fixture
def trials(study):
    return [study.planned(seed) for seed in range(5)]


@pytest.fixture
def long(monkeypatch):
    """Trials of 40 minutes, one a job."""
    forecast = SimpleNamespace(seconds=lambda planned: 2400.04, source="a guess")
    monkeypatch.setattr("segaug.cluster.submit.forecast_of", lambda *_: forecast)


@pytest.fixture
def arrays(paper):
    """What each script was made for."""
    arrays = []
    script = paper.script
    paper.script = lambda settings, array: arrays.append(array) or script(settings, array)
    return arrays


def test_a_study_without_a_trial_is_refused(tiny, paper):
    with pytest.raises(UserError, match="no trial to run: every size is above the pool of its task"):
        submit_study([tiny("scale.size=1000")], Cluster(paper, JobSettings()), "a command")


@pytest.mark.parametrize(
    ("limit", "queued", "most"), [(None, 9, MOST_PACKS), (10, 3, 7), (10**6, 0, MOST_PACKS), (4, 3, 1)]
)
def test_no_more_jobs_are_sent_than_the_cluster_takes(paper, limit, queued, most):
    paper.tasks = {f"p9_{number}": [] for number in range(queued)}
    assert most_packs(paper, Limits(2, limit)) == most


@pytest.mark.parametrize("queued", [4, 5])
def test_where_none_may_be_sent_it_says_so(paper, queued):
    paper.tasks = {f"p9_{number}": [] for number in range(queued)}
    with pytest.raises(SchedulerError, match="your limit of 4 jobs in the queue is reached"):
        most_packs(paper, Limits(2, 4))


def test_a_job_of_many_workers_takes_as_many_trials_more(trials):
    forecast = Forecast({("rate",): 1e-9}, "")
    assert forecast.seconds(trials[0]) < 1
    size = {workers: [len(pack) for pack in packs_of(trials, HOURLY, JobSettings(cpus_per_task=workers), 99)]
            for workers in (1, 2, 5)}  # fmt: skip
    assert size == {1: [1] * 5, 2: [2, 2, 1], 5: [5]}
    assert [len(pack) for pack in packs_of(trials, HOURLY, JobSettings(pack_minutes=180), 99)] == [3, 2]
    assert [[item.id for item in pack] for pack in packs_of(trials, forecast, JobSettings(), 99)] == [
        [planned.id for planned in trials]
    ]


@pytest.mark.parametrize(("seconds", "packs"), [(1800.0, [2, 2, 1]), (1801.0, [1] * 5)])
def test_the_minutes_of_a_pack_are_minutes(trials, seconds, packs):
    forecast = SimpleNamespace(seconds=lambda planned: seconds, source="a guess")
    assert [len(pack) for pack in packs_of(trials, forecast, JobSettings(pack_minutes=60), 99)] == packs


def test_arrays_cover_all_packs_and_share_what_may_run_at_once(study, trials, paper, arrays, long):
    made = send(study.store, study.plan(*trials), trials, Cluster(paper, JobSettings(array_parallelism=7)), "c")
    probe, *sent = arrays
    assert [(array.first, array.tasks, array.parallel) for array in sent] == [(0, 2, 2), (2, 2, 2), (4, 1, 2)]
    assert probe.tasks == 1, "asked before anything was written"
    assert {array.folder for array in sent} == {made.folder.absolute()}
    assert {array.name for array in sent} == {f"segaug-study-{made.folder.name}"}
    assert made.job_names() == ["p0_0", "p0_1", "p1_0", "p1_1", "p2_0"]
    assert [words[-1] for words in paper.tasks.values()] == ["0", "1", "2", "3", "4"]
    few = send(study.store, study.plan(*trials), trials, Cluster(paper, JobSettings(array_parallelism=2)), "c")
    assert {array.parallel for array in arrays[-3:]} == {1}, "at least one of each"
    assert few.folder != made.folder


def test_a_submission_says_what_its_jobs_and_people_ask_later(study, trials, paper, long, capsys):
    study.fail(trials[1])
    study.fail(trials[1])
    study.fail(study.planned(seed=9))
    made = send(study.store, study.plan(*trials), trials[:3], Cluster(paper, JobSettings()), "segaug train -m a")
    facts = json.loads((made.folder / "submission.json").read_bytes())
    assert facts["command"] == "segaug train -m a"
    assert facts["code"] == code_hash()
    assert facts["attempts"] == {trials[1].id: 2}
    assert facts["forecast"] == {"source": "a guess", "seconds": [[2400.0]] * 3}
    assert sorted(facts["packs"]) == sorted([planned.id] for planned in trials[:3])
    assert facts["scheduler"] == "paper"
    assert made.settings() == JobSettings()
    printed = capsys.readouterr().out
    assert "sent 3 trials as 3 jobs of the arrays p0, p1: about 2.0 core-hours, from a guess" in printed
    assert f"logs: {made.folder}/logs" in printed
    send(study.store, study.plan(*trials), trials[:3], Cluster(paper, JobSettings(gpus_per_node=1)), "c")
    assert "GPU-hours" in capsys.readouterr().out


def test_a_failure_counts_in_the_submission_that_it_happened_in(study, trials):
    before = {"attempts": {trials[0].id: 1}}
    study.fail(trials[0])
    assert failed_here(before, study.store, trials[0].id) is None
    assert failed_here({"attempts": {}}, study.store, trials[0].id)["attempt"] == 1
    study.fail(trials[0])
    assert failed_here(before, study.store, trials[0].id)["attempt"] == 2
    assert failed_here(before, study.store, trials[1].id) is None


def test_what_live_jobs_will_still_run(study, trials, paper):
    gone = study.send(trials[:1])
    made = study.send(trials[1:3], trials[3:])
    del paper.tasks["p0_0"]
    assert [submission.folder for submission in live_submissions(study.store.folder)] == [made.folder]
    assert pending_trials(gone) == []
    study.fail(trials[4])
    assert pending_trials(made) == [planned.id for planned in trials[1:4]]
    del paper.tasks["p1_0"]
    assert pending_trials(made) == [trials[3].id]


def test_only_what_is_missing_is_sent(tiny, paper, study, capsys):
    sweep = [tiny(f"seed={seed}", "mixed_code=true") for seed in range(3)]
    (first,) = submit_study(sweep[:1], Cluster(paper, JobSettings()), "a").todo
    sent = submit_study(sweep, Cluster(paper, JobSettings()), "b")
    assert [submission.facts()["packs"] for submission in sent.live] == [
        [[first.id]], [[planned.id for planned in sent.todo if planned.id != first.id]],
    ]  # fmt: skip
    assert [facts["command"] for facts in sent.facts] == ["a", "b"]
    assert "1 of them are in the queue already" in capsys.readouterr().out
    for planned in sent.todo:
        trained = {
            "dataset_hash": sent.plan.tasks[planned.trial.task].content_hash,
            "config": science(planned.trial.config),
        }
        sent.store.write_record(study.record(planned) | trained)
    paper.tasks.clear()
    done = submit_study(sweep, Cluster(paper, JobSettings()), "c")
    assert (done.todo, done.live) == ([], [])
    assert len(paper.sent) == 2
