import os
import signal
import time
from contextlib import closing

import pytest

from segaug.experiment.machine.workers import NOT_YET, Died, Note, Tell, run_jobs


def double(job: int, _: object) -> int:
    return 2 * job


def pid(*_: object) -> tuple[int, int]:
    import torch

    return os.getpid(), torch.get_num_threads()


def die_of_three(job: int, _: object) -> int:
    if job == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def sleep(seconds: float, _: object) -> int:
    time.sleep(seconds)
    return os.getpid()


def count(job: int, tell: Tell) -> str:
    for i in range(job):
        tell(i)
    return "done"


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_job_is_answered_once(workers):
    assert sorted(run_jobs(double, range(7), workers, [])) == [(job, 2 * job) for job in range(7)]


def test_a_job_may_tell_how_far_it_is():
    answers = list(run_jobs(count, [3, 2], 2, []))
    for number, notes in ((0, 3), (1, 2)):
        told = [answer for job, answer in answers if job == number]
        assert told == [*map(Note, range(notes)), "done"]


def test_no_jobs_no_workers():
    assert list(run_jobs(double, [], 2, [])) == []


def test_workers_are_warm_single_thread_processes():
    answers = [answer for _, answer in run_jobs(pid, range(6), 2, ["torch"])]
    assert len({one for one, _ in answers}) <= 2
    assert os.getpid() not in {one for one, _ in answers}
    assert {threads for _, threads in answers} == {1}


def test_a_dying_worker_costs_its_own_job_only():
    answers = dict(run_jobs(die_of_three, range(6), 2, []))
    assert answers.pop(3) == Died(-signal.SIGKILL)
    assert answers == {job: job for job in (0, 1, 2, 4, 5)}


def test_the_last_worker_may_die_too():
    assert list(run_jobs(die_of_three, [3], 1, [])) == [(0, Died(-signal.SIGKILL))]


def test_closing_kills_what_still_runs():
    with closing(run_jobs(sleep, [0.0, 60.0], 2, [])) as answers:
        _, worker = next(answers)
        start = time.monotonic()
    assert time.monotonic() - start < 10
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_the_environment_of_the_caller_is_restored():
    before = dict(os.environ)
    list(run_jobs(double, [1], 1, []))
    assert dict(os.environ) == before


def test_a_worker_without_a_job_for_now_is_asked_again_after_each_answer():
    """The last job waits for the first one, which is long; meanwhile the other worker does what is short."""
    answered = []

    def jobs():
        yield 0.6
        yield from [0.01] * 3
        while 0 not in answered:
            yield NOT_YET
        yield 0.02

    for number, _ in run_jobs(sleep, jobs(), 2, []):
        answered.append(number)
    assert answered == [1, 2, 3, 0, 4]


def test_workers_are_not_started_before_there_is_a_job_for_them():
    answered = []

    def jobs():
        yield 0.1
        while not answered:
            yield NOT_YET
        yield from [0.1] * 2

    pids = set()
    for number, process in run_jobs(sleep, jobs(), 3, []):
        answered.append(number)
        pids.add(process)
    assert sorted(answered) == [0, 1, 2]
    assert len(pids) == 2
