"""What a job makes of its pack: what counts as done, failed, dropped, and whether the job goes back into the queue.

No trial is trained: a test says how each attempt ends, in the place of the worker processes.
"""

import os
import signal
import sys
import time
from dataclasses import replace

import pytest

from segaug.cluster import worker
from segaug.cluster.scheduler import JobHere
from segaug.cluster.worker import Over, Pack, main
from segaug.experiment.machine.workers import Died, Note
from segaug.experiment.trial.attempt import Outcome
from segaug.results.owner import JOB, RESTARTS

pytestmark = pytest.mark.usefixtures("handlers")
KILLED = Died(-signal.SIGKILL)
STOPPED = Outcome(stopped=signal.SIGTERM)


@pytest.fixture(autouse=True)
def environment(monkeypatch, paper):
    """Of the job p0_0, which may be put back into the queue."""
    monkeypatch.setenv(JOB, "")
    monkeypatch.setenv(RESTARTS, "0")
    paper.now = JobHere("p0_0", 0, None)
    paper.requeued = []
    paper.requeue = paper.requeued.append


@pytest.fixture
def ends(monkeypatch):
    """Trial -> how its attempts end, one after the other, as a call or an answer; and the trials that were begun."""
    answers, begun = {}, []

    def run_jobs(work, jobs, workers, preload, places):
        for number, job in enumerate(jobs):
            begun.append(job.planned.id)
            yield number, Note("a word in between")
            answer = answers[job.planned.id].pop(0)
            yield number, answer() if callable(answer) else answer

    monkeypatch.setattr(worker, "run_jobs", run_jobs)
    answers["begun"] = begun
    return answers


@pytest.fixture
def pack(study):
    """Of three trials, which all fit into the time."""
    trials = [study.planned(seed) for seed in range(3)]
    return begin(study.send(trials)), trials


def begin(submission):
    """The job of the first pack, which starts now."""
    return Pack(submission, 0, time.monotonic())


def done(study, planned):
    return lambda: Outcome(record=study.finish(planned))


def failed(study, planned, kind="error"):
    return lambda: Outcome(failure=study.fail(planned, kind))


def told(pack, **signals):
    """The job is told to end while a trial is run that then ends so."""

    def end(answer):
        for name in signals:
            setattr(pack.ending, name, True)
        return answer

    return end


def kinds(study):
    return {failure["id"]: failure["kind"] for failure in study.store.failures()}


def test_a_pack_whose_trials_are_done_is_done(study, pack, ends, paper, capsys):
    job, trials = pack
    ends |= {planned.id: [done(study, planned)] for planned in trials}
    assert job.run() == 0
    assert ends["begun"] == [planned.id for planned in trials]
    assert job.todo() == []
    assert not paper.requeued
    printed = capsys.readouterr().out
    assert "pack 0: 3 trials, 3 to do, on " in printed
    assert printed.count(" N=1 seed=") == 3
    assert "are left" not in printed


def test_trials_that_have_ended_are_not_begun_again(study, ends):
    finished, spent, before, fresh = (study.planned(seed) for seed in range(4))
    study.fail(before)
    job = begin(study.send([finished, spent, before, fresh], attempts={before.id: 1}))
    study.finish(finished)
    study.fail(spent)
    assert job.todo() == [before.id, fresh.id], "a failure of an earlier submission is no reason"
    ends |= {planned.id: [done(study, planned)] for planned in (before, fresh)}
    assert job.run() == 0
    assert ends["begun"] == [before.id, fresh.id]


def test_a_job_with_nothing_to_do_starts_no_worker(study, pack, ends):
    job, trials = pack
    for planned in trials:
        study.finish(planned)
    assert job.run() == 0
    assert ends["begun"] == []


def test_a_failed_trial_is_the_jobs_exit_code_and_no_reason_to_requeue(study, pack, ends, paper):
    job, trials = pack
    ends |= {planned.id: [done(study, planned)] for planned in trials}
    ends[trials[1].id] = [failed(study, trials[1], "oom")]
    assert job.run() == 1
    assert kinds(study) == {trials[1].id: "oom"}
    assert len(study.store.records()) == 2, "those after it ran"
    assert not paper.requeued


def test_a_failure_that_could_not_be_written_is_no_reason_to_requeue(study, pack, ends, paper):
    job, trials = pack
    ends |= {planned.id: [done(study, planned)] for planned in trials}
    ends[trials[0].id] = [Outcome(failure={**trials[0].key(), "error": "no space", "kind": "error", "attempt": 1})]
    assert job.run() == 1
    assert job.todo() == [trials[0].id]
    assert not paper.requeued


def test_a_killed_worker_is_tried_once_more_then_blamed(study, pack, ends):
    job, trials = pack
    ends |= {planned.id: [done(study, planned)] for planned in trials}
    ends[trials[0].id] = [KILLED, KILLED]
    assert job.run() == 1
    assert ends["begun"].count(trials[0].id) == 2
    (failure,) = study.store.failures()
    assert (failure["kind"], failure["attempt"]) == ("killed", 2)
    assert "probably out of memory" in failure["error"]


def test_a_worker_that_died_after_its_record_was_written_has_done_its_trial(study, pack, ends):
    job, trials = pack
    ends |= {planned.id: [done(study, planned)] for planned in trials}
    ends[trials[0].id] = [lambda: study.finish(trials[0]) and KILLED]
    assert job.run() == 0
    assert len(study.store.records()) == 3


@pytest.mark.parametrize("answer", [KILLED, STOPPED])
def test_a_trial_that_had_all_the_time_there_is_has_failed_of_it(study, pack, ends, paper, answer):
    job, trials = pack
    end = told(job, limit=True)
    ends |= {trials[0].id: [lambda: end(answer)]}
    assert job.run() == 1
    assert kinds(study) == {trials[0].id: "timeout"}
    (failure,) = study.store.failures()
    assert failure["error"] == (
        "not done within the time limit of 240 min, with nothing before it; raise hydra.launcher.timeout_min"
    )
    assert paper.requeued == ["p0_0"], "for the others"


def test_one_that_left_something_it_needs_goes_on_in_the_next_job(study, pack, ends, paper):
    job, trials = pack
    end = told(job, limit=True)
    ends |= {trials[0].id: [lambda: end(replace(STOPPED, kept=True))]}
    assert job.run() == 0
    assert not kinds(study)
    assert paper.requeued == ["p0_0"]


@pytest.mark.parametrize("answer", [KILLED, STOPPED])
def test_a_trial_that_began_after_others_is_not_blamed_for_the_time_limit(study, pack, ends, paper, capsys, answer):
    job, trials = pack
    end = told(job, limit=True)
    ends |= {trials[0].id: [done(study, trials[0])], trials[1].id: [lambda: end(answer)]}
    assert job.run() == 0
    assert not kinds(study)
    assert ends["begun"] == [planned.id for planned in trials[:2]], "nothing is begun after the signal"
    assert paper.requeued == ["p0_0"]
    printed = capsys.readouterr().out
    assert "seed=1: dropped, because the job has to end" in printed
    assert "2 trials are left; requeued" in printed


@pytest.mark.parametrize("answer", [KILLED, STOPPED])
def test_a_job_that_is_cancelled_blames_no_trial(study, pack, ends, answer):
    job, trials = pack
    end = told(job, terminated=True)
    ends |= {trials[0].id: [lambda: end(answer)]}
    assert job.run() == 0
    assert not kinds(study)


def test_a_record_that_was_written_as_the_time_ended_counts(study, pack, ends):
    job, trials = pack
    end = told(job, limit=True)
    ends |= {trials[0].id: [lambda: study.finish(trials[0]) and end(KILLED)]}
    assert job.run() == 0
    assert study.store.finished(trials[0].id)


def test_nothing_is_begun_that_would_not_be_done_before_the_signal(study, ends, paper):
    first, second = study.planned(0), study.planned(1)
    job = begin(study.send([first, second], seconds=100.0, timeout_min=2, signal_delay_s=20))
    ends |= {first.id: [failed(study, first)], second.id: [done(study, second)]}
    assert job.run() == 1
    assert ends["begun"] == [first.id], "130 s with the margin do not fit into 100 s"
    assert paper.requeued == ["p0_0"]


def test_forecasts_learn_from_the_trials_of_the_job(study, ends):
    trials = [study.planned(seed) for seed in range(3)]
    job = begin(study.send(trials, seconds=1.0, timeout_min=1, signal_delay_s=40))
    ends |= {planned.id: [done(study, planned)] for planned in trials}
    assert job.run() == 0
    assert len(ends["begun"]) == 1, "a trial took 20.9 s, so that another one does not fit into 20 s"


def test_trials_that_others_hold_are_waited_for_until_the_signal(pack):
    job, _ = pack
    job._wait(2)
    job.ending.limit = True
    with pytest.raises(Over):
        job._wait(2)


def test_workers_know_their_job(study, paper):
    paper.now = JobHere("p0_7", 3, None)
    begin(study.send([study.planned()]))
    assert (os.environ[JOB], os.environ[RESTARTS]) == ("p0_7", "3")


def test_outside_of_a_job_nothing_is_put_back(study, ends, paper, capsys):
    paper.now = None
    trials = [study.planned(0), study.planned(1)]
    job = begin(study.send(trials, seconds=1e9))
    ends |= {trials[0].id: [failed(study, trials[0])]}
    job.run()
    assert "1 trials are left; this is no Paper job: run it again" in capsys.readouterr().out
    assert not paper.requeued


def test_a_submission_that_has_changed_runs_nothing_and_each_trial_of_the_pack_says_why(study, ends, capsys):
    here, there = study.planned(0), study.planned(1)
    made = study.send([here], [there])
    facts = made.folder / "submission.json"
    facts.write_text(facts.read_text().replace('"code": "', '"code": "0'))
    assert main([str(made.folder), "0"]) == 2
    assert kinds(study) == {here.id: "mismatch"}
    assert ends["begun"] == []
    assert "segaug: error: the code of segaug has changed" in capsys.readouterr().out


def test_the_arguments_are_a_folder_and_a_pack(study, ends, monkeypatch, capsys):
    here, there = study.planned(0), study.planned(1)
    made = study.send([here], [there])
    ends |= {there.id: [done(study, there)]}
    monkeypatch.setattr(sys, "argv", ["worker", str(made.folder), "1"])
    assert main() == 0
    assert ends["begun"] == [there.id]
    assert "pack 1: 1 trials, 1 to do" in capsys.readouterr().out
    assert os.environ["OMP_NUM_THREADS"] == "1"
