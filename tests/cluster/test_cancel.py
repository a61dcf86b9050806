"""Cancelling ends what is alive of one study, and says what is there without it."""

import pytest

from segaug.cluster.cancel import cancel_study
from segaug.cluster.scheduler import SchedulerError
from segaug.cluster.schedulers import SCHEDULERS
from tests.cluster.paper_queue import PaperQueue


@pytest.fixture
def trials(study):
    trials = [study.planned(seed) for seed in range(4)]
    study.store.add_plan({"trials": [planned.key() for planned in trials]})
    return trials


def test_what_is_done_is_counted_by_its_records(study, trials):
    study.send(trials[:2], trials[2:])
    study.finish(trials[0])
    study.fail(trials[1])
    study.fail(trials[2])
    assert cancel_study(study.store.folder) == (
        "2 jobs ended.  1 of 4 trials have their record and keep it; the others have written nothing.  "
        "`segaug status study` lists them"
    )


def test_only_tasks_that_are_alive_count_and_an_array_is_ended_once(study, trials, paper):
    study.send(trials[:1], trials[1:2], trials[2:3])
    study.send(trials[3:])
    del paper.tasks["p0_1"]
    ended = []
    paper.cancel = ended.extend
    assert cancel_study(study.store.folder).startswith("3 jobs ended.")
    assert ended == ["p0", "p1"]


def test_each_scheduler_ends_its_own(study, trials, paper, monkeypatch):
    other = PaperQueue()
    other.name = "other"
    monkeypatch.setitem(SCHEDULERS, "other", other)
    study.send(trials[:2])
    study.queue = other
    study.send(trials[2:3], trials[3:])
    assert cancel_study(study.store.folder).startswith("3 jobs ended.")
    assert not paper.tasks
    assert not other.tasks


def test_a_study_without_jobs_asks_nobody_to_end_any(study, trials, paper):
    study.send(trials)
    paper.tasks.clear()
    paper.cancel = None
    assert cancel_study(study.store.folder) == "study has no job in the queue"


def test_where_jobs_cannot_be_ended_it_says_so(study, trials, paper):
    study.send(trials)
    paper.broken = True
    with pytest.raises(SchedulerError, match="no ink"):
        cancel_study(study.store.folder)
    assert paper.tasks
