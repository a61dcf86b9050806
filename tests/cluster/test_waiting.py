"""A study is waited for by its files: each record or failure is told once, and an empty queue ends it, not at once."""

from itertools import pairwise
from types import SimpleNamespace

import pytest

from segaug.cluster import waiting
from segaug.cluster.submit import Submitted
from segaug.cluster.waiting import JOBS_S, POLL_S, outcomes, wait
from segaug.experiment.sweep.study import TrialsFailed


@pytest.fixture
def clock(monkeypatch):
    """Time that passes while one sleeps; `after` says what happens in the n-th sleep."""
    clock = SimpleNamespace(now=0.0, sleeps=[], after={})

    def sleep(seconds):
        assert len(clock.sleeps) < 99, "it never ends"
        clock.now += seconds
        clock.after.get(len(clock.sleeps), lambda: None)()
        clock.sleeps.append(seconds)

    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep))
    return clock


@pytest.fixture
def sent(study):
    """Three trials in two jobs; the first of them has failed in an earlier submission."""
    trials = [study.planned(seed) for seed in range(3)]
    study.fail(trials[0])
    made = study.send(trials[:2], trials[2:], attempts={trials[0].id: 1})
    return Submitted(study.plan(*trials), study.store, trials, [made])


def left(sent):
    return {planned.id: planned for planned in sent.todo}


def test_each_trial_is_told_as_it_ends_and_once(sent, study, clock):
    first, second, third = sent.todo
    clock.after = {0: lambda: study.finish(second), 2: lambda: study.fail(first), 4: lambda: study.finish(third)}
    waited = left(sent)
    told = [(planned, record, failure, len(clock.sleeps)) for planned, record, failure in outcomes(sent, waited)]
    assert [(planned, sleeps) for planned, _, _, sleeps in told] == [(second, 1), (first, 3), (third, 5)]
    assert [record and record["id"] for _, record, _, _ in told] == [second.id, None, third.id]
    assert [failure and failure["attempt"] for _, _, failure, _ in told] == [None, 2, None]
    assert not waited
    assert len(clock.sleeps) == 5, "it ends with the last trial"


def test_a_damaged_record_is_none(sent, study, clock):
    damaged = sent.todo[1]
    study.finish(damaged)
    whole = study.store.record_path(damaged.id).read_bytes()
    study.store.record_path(damaged.id).write_bytes(whole[:-9])
    clock.after = {1: lambda: study.store.record_path(damaged.id).write_bytes(whole), 2: study.queue.tasks.clear}
    told = [(planned, len(clock.sleeps)) for planned, _, _ in outcomes(sent, left(sent))]
    assert told == [(damaged, 2)]


def test_a_record_that_a_file_server_shows_after_the_jobs_have_gone_is_found(sent, study, clock):
    study.queue.tasks.clear()
    late = sent.todo[0]
    gone = []
    alive, study.queue.alive = study.queue.alive, lambda jobs: gone.append(len(clock.sleeps)) or alive(jobs)
    clock.after = {6 + 2: lambda: study.finish(late)}  # the queue is first asked after JOBS_S, in the 7th sleep
    waited = left(sent)
    assert [planned for planned, _, _ in outcomes(sent, waited)] == [late]
    assert gone == [7, 8]
    assert set(waited) == {planned.id for planned in sent.todo[1:]}
    assert len(clock.sleeps) == 9


def test_the_scheduler_is_asked_seldom(sent, study, clock):
    asked = []
    study.queue.alive = lambda jobs: asked.append(clock.now) or ["p0_0"]
    clock.after = {60: study.queue.tasks.clear, 61: lambda: [study.finish(planned) for planned in sent.todo]}
    list(outcomes(sent, left(sent)))
    assert len(asked) == 8, "every 21 s of 183 s"
    assert min(after - before for before, after in pairwise(asked)) > JOBS_S
    assert set(clock.sleeps) == {POLL_S}


def test_looking_takes_a_tenth_of_the_time_at_most(sent, study, clock, monkeypatch):
    took = {"seconds": 1.0}
    path_of = study.store.record_path

    def slow(trial):
        clock.now += took["seconds"]
        return path_of(trial)

    monkeypatch.setattr(study.store, "record_path", slow)
    clock.after = {0: lambda: took.update(seconds=0.0), 1: lambda: [study.finish(planned) for planned in sent.todo]}
    list(outcomes(sent, left(sent)))
    assert clock.sleeps == [pytest.approx(30.0), POLL_S], "three looks of a second, then quick ones"


@pytest.fixture
def mirror(monkeypatch):
    mirror = SimpleNamespace(held=[], closed=0)
    mirror.put = mirror.held.append
    mirror.close = lambda timeout_s: setattr(mirror, "closed", mirror.closed + 1)
    monkeypatch.setattr(waiting, "start_mirror", lambda *_: mirror)
    return mirror


def test_the_records_of_the_whole_plan_are_returned_in_its_order(sent, study, clock, mirror):
    before = study.planned(seed=7)
    study.finish(before)
    whole = Submitted(study.plan(before, *sent.todo), study.store, sent.todo, sent.live)
    clock.after = {number: lambda planned=planned: study.finish(planned) for number, planned in enumerate(sent.todo)}
    assert [record["id"] for record in wait(whole)] == [planned.id for planned in whole.plan.trials]
    assert [record["id"] for record in mirror.held] == [planned.id for planned in sent.todo]
    assert mirror.closed == 1


def test_what_failed_or_was_lost_is_an_error_at_the_end(sent, study, clock, mirror, capsys):
    clock.after = {
        0: lambda: study.finish(sent.todo[1]),
        1: lambda: study.fail(sent.todo[0]),
        2: study.queue.tasks.clear,
    }
    with pytest.raises(TrialsFailed, match=r"^2 of 3 trials failed; `segaug retry study`$"):
        wait(sent)
    assert "1 trials have neither record nor failure, and no job is left" in capsys.readouterr().out
    assert [record["id"] for record in mirror.held] == [sent.todo[1].id]
    assert mirror.closed == 1


def test_ctrl_c_ends_the_waiting_and_says_what_can_be_typed(sent, study, clock, mirror, capsys):
    def interrupt():
        raise KeyboardInterrupt

    clock.after = {1: interrupt}
    with pytest.raises(KeyboardInterrupt):
        wait(sent)
    printed = capsys.readouterr().out
    assert "the jobs go on without this process" in printed
    for command in ("segaug status study", "segaug cancel study"):
        assert f"`{command}`" in printed
    assert study.queue.alive(["p0"]), "nothing was ended"
    assert mirror.closed == 1
