"""When a job of a cluster has to end, and what becomes of it then."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from segaug.cluster.scheduler import Scheduler, SchedulerError
from segaug.cluster.settings import JobSettings


class Ending:
    """Listens to the signals of a scheduler.

    SIGUSR2 comes before the time limit, up to a minute earlier than it was asked for: the job uses that minute, then
    puts itself back into the queue.  SIGTERM comes where the job is cancelled, from a node that is shut down, and
    before a preemption: a job that has been granted time to leave puts itself back; one that is cancelled, or that the
    scheduler puts back, does not.
    """

    def __init__(self, scheduler: Scheduler, settings: JobSettings, start: float) -> None:
        """start: of the job, by time.monotonic()."""
        self.scheduler, self.settings, self.job = scheduler, settings, scheduler.here()
        limit = start + 60 * settings.timeout_min
        if self.job and self.job.end is not None:
            limit = time.monotonic() + self.job.end - time.time()
        self.at = limit - settings.signal_delay_s
        self.limit = self.terminated = False
        signal.signal(signal.SIGUSR2, self._hear)
        signal.signal(signal.SIGTERM, self._hear)

    def stopping(self) -> bool:
        """Has a signal come?"""
        return self.limit or self.terminated

    def leave(self) -> str:
        """Put the job back into the queue if that is how it should end; says what was done."""
        if self.job is None:
            return f"this is no {self.scheduler.title} job: run it again"
        if self.terminated and not self.scheduler.may_leave(self.job.name):
            return f"{self.scheduler.title} ends this job; `segaug status` tells whether another one is needed"
        if self.job.restarts >= self.settings.max_requeues:
            return f"not requeued: that was done {self.settings.max_requeues} times (hydra.launcher.max_requeues)"
        try:
            self.scheduler.requeue(self.job.name)
        except SchedulerError as error:
            return f"not requeued: {error}"
        return "requeued"

    def _hear(self, number: int, frame: FrameType | None) -> None:
        early = self.at - time.monotonic() if number == signal.SIGUSR2 else 0
        _after(early, self._stop, number)

    def _stop(self, number: int) -> None:
        self.limit |= number == signal.SIGUSR2
        self.terminated |= number == signal.SIGTERM
        _each_worker(signal.SIGTERM)  # not all clusters signal the processes of a process
        grace = self.settings.signal_delay_s / 2 if number == signal.SIGUSR2 else self.scheduler.kill_wait_s / 2
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
