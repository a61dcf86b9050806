"""When a job ends, and whether it puts itself back into the queue."""

import os
import signal
import time
from types import SimpleNamespace

import pytest

from segaug.cluster import ending as ending_module
from segaug.cluster import slurm as slurm_module
from segaug.cluster.ending import Ending
from segaug.cluster.settings import JobSettings
from segaug.cluster.slurm import Slurm, SlurmError


@pytest.fixture(autouse=True)
def job(monkeypatch):
    """Task 3 of array 12, without the signal handlers that it leaves, and without workers to be killed later."""
    monkeypatch.setattr(ending_module, "_each_worker", lambda number: None)
    before = {number: signal.getsignal(number) for number in (signal.SIGUSR2, signal.SIGTERM)}
    for name in [name for name in os.environ if name.startswith("SLURM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "12")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def slurm(monkeypatch):
    """What is asked of Slurm; its answer to the state of a job."""

    asked = SimpleNamespace(requeued=[], state="RUNNING")

    def answer(*command):
        if command[:2] == ("scontrol", "requeue"):
            asked.requeued.append(command[2])
        assert command[0] in ("scontrol", "squeue")
        return asked.state

    asked.answer = answer
    monkeypatch.setattr(slurm_module, "call", asked.answer)
    return asked


def ending(start=-1e6, **settings):
    """Of a job that started then; its time is over unless that is told."""
    return Ending(Slurm(), JobSettings(timeout_min=10, signal_delay_s=100, **settings), start)


def test_no_trial_may_run_into_the_signal_before_the_limit():
    assert ending(1000.0).at == 1000 + 600 - 100


def test_slurm_knows_the_limit_better(monkeypatch):
    monkeypatch.setenv("SLURM_JOB_END_TIME", str(time.time() + 50))
    assert ending().at == pytest.approx(time.monotonic() + 50 - 100, abs=1)


@pytest.mark.parametrize("sent", [signal.SIGUSR2, signal.SIGTERM])
def test_a_signal_is_heard(sent):
    found = ending()
    assert not found.stopping()
    os.kill(os.getpid(), sent)
    assert found.stopping()
    assert (found.limit, found.terminated) == (sent == signal.SIGUSR2, sent == signal.SIGTERM)


def test_a_signal_that_comes_early_waits_for_its_time():
    found = ending(time.monotonic() - 500 + 0.3)
    os.kill(os.getpid(), signal.SIGUSR2)
    assert not found.stopping()
    time.sleep(0.6)
    assert found.limit
    early = ending(time.monotonic() + 1000)
    os.kill(os.getpid(), signal.SIGTERM)
    assert early.terminated


def test_a_job_at_its_limit_goes_back_into_the_queue(slurm):
    found = ending()
    os.kill(os.getpid(), signal.SIGUSR2)
    assert found.leave() == "requeued"
    assert slurm.requeued == ["12_3"]


def test_it_does_so_only_so_often(slurm, monkeypatch):
    monkeypatch.setenv("SLURM_RESTART_COUNT", "2")
    assert ending(max_requeues=3).leave() == "requeued"
    assert "hydra.launcher.max_requeues" in ending(max_requeues=2).leave()
    assert len(slurm.requeued) == 1


@pytest.mark.parametrize(("state", "times"), [("RUNNING", 1), ("COMPLETING", 0), ("", 0)])
def test_a_terminated_job_does_not_undo_scancel(slurm, state, times):
    slurm.state = state
    found = ending()
    os.kill(os.getpid(), signal.SIGTERM)
    found.leave()
    assert len(slurm.requeued) == times


def test_a_controller_that_refuses_is_quoted(slurm, monkeypatch):
    def refuse(*command):
        raise SlurmError("scontrol: no")

    monkeypatch.setattr(slurm_module, "call", refuse)
    assert ending().leave() == "not requeued: scontrol: no"


def test_outside_of_slurm_nothing_is_requeued(slurm, monkeypatch):
    monkeypatch.delenv("SLURM_ARRAY_JOB_ID")
    assert Slurm().here() is None
    assert ending().leave() == "this is no Slurm job: run it again"
    assert not slurm.requeued


@pytest.fixture
def signals(monkeypatch):
    """What the workers get, and when: seconds -> signal; nothing waits."""
    signals = []
    monkeypatch.setattr(ending_module, "_each_worker", lambda number: signals.append(("now", number)))

    class Timer:
        def __init__(self, seconds, call, arguments):
            signals.append((seconds, *arguments))
            self.start = lambda: None

    monkeypatch.setattr(ending_module.threading, "Timer", Timer)
    return signals


@pytest.mark.parametrize(("sent", "grace"), [(signal.SIGUSR2, 100 / 2), (signal.SIGTERM, Slurm.kill_wait_s / 2)])
def test_workers_are_asked_to_stop_and_killed_well_before_the_scheduler_does_it(signals, sent, grace):
    ending()
    os.kill(os.getpid(), sent)
    assert signals == [("now", signal.SIGTERM), (grace, signal.SIGKILL)]


def test_the_minute_that_a_signal_comes_early_is_used(signals):
    found = ending(time.monotonic() - 450)
    os.kill(os.getpid(), signal.SIGUSR2)
    ((seconds, number),) = signals
    assert seconds == pytest.approx(50, abs=1)
    assert number == signal.SIGUSR2
    assert not found.stopping()


def test_a_job_that_may_not_be_requeued_at_all(slurm):
    assert ending(max_requeues=0).leave() == "not requeued: that was done 0 times (hydra.launcher.max_requeues)"
    assert not slurm.requeued


def test_only_a_terminated_job_asks_whether_it_is_still_its_own(slurm):
    slurm.state = "COMPLETING"
    found = ending()
    found.limit = True
    assert found.leave() == "requeued"
    found.terminated = True
    assert found.leave() == "Slurm ends this job; `segaug status` tells whether another one is needed"


def test_every_worker_that_lives_gets_a_signal(monkeypatch):
    monkeypatch.undo()
    killed = []

    def kill(pid, number):
        if pid == 2:
            raise ProcessLookupError
        killed.append((pid, number))

    children = [SimpleNamespace(pid=pid) for pid in (1, None, 2, 3)]
    monkeypatch.setattr(ending_module.multiprocessing, "active_children", lambda: children)
    monkeypatch.setattr(ending_module.os, "kill", kill)
    ending_module._each_worker(signal.SIGTERM)
    assert killed == [(1, signal.SIGTERM), (3, signal.SIGTERM)]
