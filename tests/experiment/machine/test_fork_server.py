"""The process that workers are forked from may be killed too: it costs no job, and no lie about one."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing import forkserver
from pathlib import Path

import pytest

from segaug.experiment.machine.workers import Died, Note, NoWorkers, Tell, run_jobs
from tests.experiment.machine.test_workers import double

SERVER = forkserver._forkserver


@pytest.fixture
def deadly(tmp_path, monkeypatch) -> Callable[[int], list[str]]:
    """What to preload so that the server is killed so many times while it starts."""

    def arm(times: int) -> list[str]:
        SERVER._stop()
        (tmp_path / "left").write_bytes(b"x" * times)
        monkeypatch.setenv("DEADLY", str(tmp_path / "left"))
        return ["tests.experiment.deadly"]

    return arm


def linger(seconds: float, tell: Tell) -> int:
    tell("at work")
    time.sleep(seconds)
    return os.getpid()


def die_late(seconds: float, tell: Tell) -> int:
    tell("at work")
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def kill_the_server() -> None:
    os.kill(SERVER._forkserver_pid, signal.SIGKILL)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.slow
def test_a_server_that_is_killed_while_it_starts_is_started_again(deadly):
    assert sorted(run_jobs(double, range(5), 2, deadly(1))) == [(job, 2 * job) for job in range(5)]


def test_one_that_is_killed_again_is_told_in_a_sentence(deadly):
    with pytest.raises(NoWorkers, match=r"killed 2 times while it started.*fewer workers"):
        list(run_jobs(double, range(5), 2, deadly(2)))
    assert list(run_jobs(double, [1], 1, [])) == [(0, 2)], "and the next one starts as ever"


def test_workers_outlive_their_server():
    answers, noted = {}, 0
    for number, answer in run_jobs(linger, [0.6] * 5, 2, []):
        noted += isinstance(answer, Note)
        if noted == 2 and not answers:
            kill_the_server()
        if not isinstance(answer, Note):
            answers[number] = answer
    assert sorted(answers) == list(range(5))
    assert not [answer for answer in answers.values() if isinstance(answer, Died)]
    assert len(set(answers.values())) == 2, "the same two did it all"


def test_a_worker_that_dies_after_its_server_is_missed_and_replaced():
    answers = {}
    for number, answer in run_jobs(die_late, [0.5, 0.5, 0.5], 1, []):
        if not isinstance(answer, Note):
            answers[number] = answer
        elif number == 0:
            kill_the_server()
    assert answers == {0: Died(None), 1: Died(-signal.SIGKILL), 2: Died(-signal.SIGKILL)}
    assert answers[0].reason == "the worker process ended after the process that had started it"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
def test_closing_ends_workers_that_outlived_their_server():
    with closing(run_jobs(linger, [0.3, 60.0], 2, [])) as answers:
        next(answers)
        kill_the_server()
        worker = next(answer for _, answer in answers if not isinstance(answer, Note))
        deadline = time.monotonic() + 10
    while lives(worker) and time.monotonic() < deadline:  # the kernel closes its pipe a moment before it is gone
        time.sleep(0.01)
    assert time.monotonic() < deadline
