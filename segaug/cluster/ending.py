"""When a job of a cluster has to end, and what becomes of it then."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from segaug.cluster import slurm
from segaug.cluster.settings import SlurmSettings

KILL_WAIT_S = 30  # Slurm's own default, between SIGTERM and SIGKILL


class Ending:
    """Listens to Slurm's signals.

    SIGUSR2 comes before the time limit, up to a minute earlier than it was asked for: the job uses that minute, then
    puts itself back into the queue.  SIGTERM comes from `scancel`, from a node that is shut down, and before a
    preemption: a job that is still RUNNING then has been granted time to leave and puts itself back; one that is
    cancelled, or that Slurm requeues itself, does not.
    """

    def __init__(self, settings: SlurmSettings, start: float) -> None:
        """start: of the job, by time.monotonic()."""
        self.settings = settings
        limit = start + 60 * settings.timeout_min
        if told := os.environ.get("SLURM_JOB_END_TIME"):  # Slurm 22.05 and later; knows of `scontrol update` too
            limit = time.monotonic() + float(told) - time.time()
        self.at = limit - settings.signal_delay_s
        self.limit = self.terminated = False
        signal.signal(signal.SIGUSR2, self._hear)
        signal.signal(signal.SIGTERM, self._hear)

    def stopping(self) -> bool:
        """Has a signal come?"""
        return self.limit or self.terminated

    def leave(self) -> str:
        """Put the job back into the queue if that is how it should end; says what was done."""
        job = job_name()
        if not job:
            return "this is no Slurm job: run it again"
        if self.terminated and slurm.state(job) != "RUNNING":
            return "Slurm ends this job; `segaug status` tells whether another one is needed"
        if int(os.environ.get("SLURM_RESTART_COUNT", "0")) >= self.settings.max_requeues:
            return f"not requeued: that was done {self.settings.max_requeues} times (hydra.launcher.max_requeues)"
        try:
            slurm.requeue(job)
        except slurm.SlurmError as error:
            return f"not requeued: {error}"
        return "requeued"

    def _hear(self, number: int, frame: FrameType | None) -> None:
        early = self.at - time.monotonic() if number == signal.SIGUSR2 else 0
        _after(early, self._stop, number)

    def _stop(self, number: int) -> None:
        self.limit |= number == signal.SIGUSR2
        self.terminated |= number == signal.SIGTERM
        _each_worker(signal.SIGTERM)  # not all clusters signal the processes of a process
        grace = self.settings.signal_delay_s / 2 if number == signal.SIGUSR2 else KILL_WAIT_S / 2
        _after(grace, _each_worker, signal.SIGKILL)  # where no safe point comes


def _after(seconds: float, call: Callable[[int], None], number: int) -> None:
    if seconds <= 0:
        call(number)
        return
    timer = threading.Timer(seconds, call, [number])
    timer.daemon = True
    timer.start()


def _each_worker(number: int) -> None:
    for child in multiprocessing.active_children():
        if child.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(child.pid, number)


def job_name() -> str:
    """The Slurm job that this process is in, "12_3" in an array; "" outside."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else os.environ.get("SLURM_JOB_ID", "")
