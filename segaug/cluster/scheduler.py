"""What is asked of the scheduler of a cluster.

A second scheduler is one file like `slurm.py` and a line in `schedulers.py`.  States of trials never come from a
scheduler: they are records and failures on disk.  It only tells whether jobs are alive.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from segaug.cluster.settings import JobSettings
from segaug.errors import UserError


class SchedulerError(UserError):
    """A command of the scheduler failed."""


@dataclass(frozen=True)
class Limits:
    """What the cluster takes from one user."""

    max_array: int  # tasks of one array
    max_submit: int | None  # jobs in the queue, each task of an array counted; None: no limit is known


@dataclass(frozen=True)
class Array:
    """The packs first .. first + tasks - 1 of a submission, as tasks 0 .. tasks - 1 of one job."""

    folder: Path  # of the submission, absolute
    name: str  # for people who look at the queue
    first: int
    tasks: int
    parallel: int  # tasks that may run at the same time


@dataclass(frozen=True)
class JobHere:
    """The job that this process is in."""

    name: str  # as `task_name` spells it
    restarts: int  # how often it was put back into the queue
    end: float | None  # of its time, by time.time(); None where the scheduler does not tell


class Scheduler(Protocol):
    """One kind of cluster.  Every method may raise SchedulerError with the scheduler's own words and what to do."""

    name: str  # of the option, hydra/launcher=NAME
    title: str  # in sentences
    kill_wait_s: float  # between SIGTERM and SIGKILL

    def require(self) -> None:
        """Raise SchedulerError where this machine cannot send jobs."""

    def limits(self) -> Limits:
        """What it takes from this user."""

    def queued(self) -> int:
        """How many jobs of this user are waiting or running, each task of an array counted."""

    def script(self, settings: JobSettings, array: Array) -> str:
        """Text that `submit` sends: each task runs `worker(array)` with the number of its pack as the last word.

        Each process of a task gets SIGUSR2 `signal_delay_s` before its time is over, and output goes to FOLDER/logs.
        Raises ConfigError where a setting cannot be told to the scheduler.
        """

    def submit(self, script: Path) -> str:
        """Send a script; returns the name of the job."""

    def alive(self, jobs: Iterable[str]) -> list[str]:
        """The tasks of these jobs that are waiting or running, as `task_name` spells them."""

    def cancel(self, jobs: Sequence[str]) -> None:
        """End jobs, waiting tasks and running ones."""

    def here(self) -> JobHere | None:
        """The job that this process is in; None outside of one."""

    def may_leave(self, task: str) -> bool:
        """Is a task that got SIGTERM still its own master, so that it should put itself back into the queue?

        Not if somebody cancels it, which would be undone, nor if the scheduler puts it back.
        """

    def requeue(self, task: str) -> None:
        """Put a running task back into the queue; the scheduler ends it."""


@dataclass(frozen=True)
class Cluster:
    """Where jobs are sent, and what each of them is given."""

    scheduler: Scheduler
    settings: JobSettings


def task_name(job: str, place: int) -> str:
    """Of a task of an array: 12_3."""
    return f"{job}_{place}"


def array_of(task: str) -> str:
    """The array that a task is of."""
    return task.rpartition("_")[0] or task
