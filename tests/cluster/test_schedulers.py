"""A study on a cluster, whatever scheduler that has: Slurm, by a stand-in for its commands, and one of paper."""

import json
from types import SimpleNamespace

import pytest

from segaug.cli import main as cli
from segaug.cluster import slurm as slurm_module
from segaug.cluster import worker
from segaug.cluster.cancel import cancel_study
from segaug.cluster.retry import lost, wanted
from segaug.cluster.scheduler import Cluster, SchedulerError
from segaug.cluster.schedulers import SCHEDULERS
from segaug.cluster.settings import JobSettings
from segaug.cluster.submission import Submission, submissions
from segaug.cluster.submit import live_submissions, pending_trials, submit_study
from segaug.cluster.waiting import outcomes
from segaug.errors import ConfigError
from segaug.results.store import Store
from tests.cluster.paper_queue import PaperQueue
from tests.cluster.slurm_stand_in import SlurmStandIn
from tests.tiny import TINY

HOUR_S = 3600.0
FACTS = {"schema": 1, "code": "", "settings": {}, "packs": [], "attempts": {}}  # of a submission, where they matter not


@pytest.fixture(params=["slurm", "paper"])
def queue(request, monkeypatch):
    """Its `tasks` are those that are alive."""
    if request.param == "paper":
        queue = PaperQueue()
        monkeypatch.setitem(SCHEDULERS, "paper", queue)
        return queue
    queue = SlurmStandIn()
    monkeypatch.setattr(slurm_module, "call", queue)
    monkeypatch.setattr(slurm_module.shutil, "which", lambda _: "/usr/bin/sbatch")
    return queue


@pytest.fixture
def cluster(queue, monkeypatch):
    """Where each trial is a job of its own, for they are thought to be long."""
    guess = SimpleNamespace(seconds=lambda one: HOUR_S, source="a guess")
    monkeypatch.setattr("segaug.cluster.submit.forecast_of", lambda *_: guess)
    return Cluster(SCHEDULERS[queue.name], JobSettings())


@pytest.fixture
def trials(tiny):
    return [tiny(f"seed={seed}") for seed in range(3)]


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "study")


def test_a_study_is_sent_in_arrays_that_the_cluster_takes_and_nothing_twice(cluster, queue, trials, store, capsys):
    sent = submit_study(trials, cluster, "a command")
    assert len(sent.todo) == len(queue.tasks) == 3
    assert len(queue.sent) == 2, "of two tasks at most"
    (made,) = live_submissions(store.folder)
    assert made.scheduler() is cluster.scheduler
    assert set(made.job_names()) == set(queue.tasks)
    assert sorted(pending_trials(made)) == sorted(one.id for one in sent.todo)
    again = submit_study(trials, cluster, "a command")
    assert len(submissions(store.folder)) == 1
    assert [one.folder for one in again.live] == [made.folder]
    assert "3 of them are in the queue already" in capsys.readouterr().out


def test_what_the_queue_has_lost_is_known_and_sent_again(cluster, queue, trials, store):
    submit_study(trials, cluster, "segaug train")
    assert not lost(store)
    gone = next(iter(queue.tasks))
    del queue.tasks[gone]
    (one,) = lost(store)
    assert wanted(store.folder, "killed") == {one}
    submit_study(trials, cluster, "segaug train")
    assert [made.facts()["packs"] for made in submissions(store.folder)][1:] == [[[one]]]


def test_cancelling_ends_the_jobs_of_the_study_alone(cluster, queue, trials, store, tiny, tmp_path):
    submit_study(trials, cluster, "a command")
    submit_study([tiny("seed=9", f"output={tmp_path / 'other'}")], cluster, "a command")
    assert "3 jobs ended.  0 of 3 trials" in cancel_study(store.folder)
    assert len(queue.tasks) == 1
    assert cancel_study(store.folder) == "study has no job in the queue"


def test_a_limit_of_jobs_is_kept(cluster, queue, trials):
    queue.limit = 2
    submit_study(trials, cluster, "a command")
    assert len(queue.tasks) == 2, "three trials in two jobs"
    with pytest.raises(SchedulerError, match="your limit of 2 jobs in the queue is reached"):
        submit_study([trials[0].at(size=1, seed=7)], cluster, "a command")


def test_a_scheduler_that_does_not_answer_is_waited_for_when_it_has_the_jobs(cluster, queue, trials, monkeypatch):
    sent = submit_study(trials, cluster, "a command")
    monkeypatch.setattr("segaug.cluster.waiting.JOBS_S", -1.0)
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        queue.broken = len(waits) < 3
        if not queue.broken:
            queue.tasks.clear()

    queue.broken = True
    monkeypatch.setattr("segaug.cluster.waiting.time.sleep", sleep)
    left = {one.id: one for one in sent.todo}
    assert not list(outcomes(sent, left))
    assert len(waits) > 3
    assert len(left) == 3


def test_other_code_is_asked_about_before_anything_is_sent(cluster, queue, trials, monkeypatch):
    def refuse(todo, finished, store):
        assert len(todo) == 3
        raise ConfigError(key="mixed_code", problem="p", fix="f")

    monkeypatch.setattr("segaug.experiment.sweep.unfinished.check_code", refuse)
    with pytest.raises(ConfigError, match="mixed_code"):
        submit_study(trials, cluster, "a command")
    assert not queue.sent


@pytest.mark.parametrize(
    "settings", [{"partition": "gpu\ntouch x"}, {"additional_parameters": {"comment": "a\x1b[2J"}}]
)
def test_settings_that_slurm_cannot_be_told_leave_nothing(settings, trials, store, monkeypatch):
    slurm = SlurmStandIn()
    monkeypatch.setattr(slurm_module, "call", slurm)
    monkeypatch.setattr(slurm_module.shutil, "which", lambda _: "/usr/bin/sbatch")
    with pytest.raises(ConfigError, match="control characters"):
        submit_study(trials, Cluster(SCHEDULERS["slurm"], JobSettings(**settings)), "a command")
    assert not slurm.sent
    assert not submissions(store.folder)


def test_the_option_names_the_scheduler(cluster, tmp_path, tiny_images, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    name = cluster.scheduler.name
    words = ["-m", *TINY, f"cache={tiny_images}", "seed=range(2)", "name=named", f"hydra/launcher={name}"]
    assert cli.main(["submit", *words]) == 0
    assert "2 trials: 0 done, 2 in the queue" in capsys.readouterr().out
    (made,) = submissions(tmp_path / "results" / "named")
    assert made.scheduler() is cluster.scheduler


def test_a_submission_to_a_scheduler_that_is_not_known_here_says_so(tmp_path):
    (tmp_path / "submission.json").write_text(json.dumps({**FACTS, "scheduler": "pigeon"}))
    with pytest.raises(ConfigError, match=r"'pigeon' is unknown here; choose from slurm"):
        Submission(tmp_path).scheduler()


def test_a_submission_of_before_there_were_several_was_to_slurm(tmp_path):
    (tmp_path / "submission.json").write_text(json.dumps(FACTS))
    assert Submission(tmp_path).scheduler() is SCHEDULERS["slurm"]


@pytest.mark.slow
def test_a_job_of_the_second_one_runs(trials, store, monkeypatch):
    queue = PaperQueue()
    monkeypatch.setitem(SCHEDULERS, "paper", queue)
    submit_study(trials, Cluster(queue, JobSettings()), "a command")
    (words,) = queue.tasks.values()
    assert worker.main(words[-2:]) == 0
    assert len(store.records()) == 3
