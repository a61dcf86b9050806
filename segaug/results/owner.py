"""Which process holds something on a folder that many machines share, and is it still there?"""

import os
import secrets
import socket
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta

JOB, RESTARTS = "SEGAUG_JOB", "SEGAUG_JOB_RESTARTS"  # environment of the processes of a job


@dataclass(frozen=True)
class Owner:
    """One process, at one time."""

    host: str  # for people
    place: str  # where its process number means something: machine, boot and container
    pid: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    born: str  # when the process started, in the kernel's own count: numbers are used again
    job: str  # of a cluster, "" outside
    restart: int  # how often that job was requeued before
    token: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def told(self) -> str:
        """For people: host, process, job."""
        return f"{self.host}, process {self.pid}" + (f", job {self.job}" if self.job else "")

    def as_json(self) -> dict[str, Any]:
        """What is written."""
        return asdict(self)


def this_process() -> Owner:
    """The owner that this process is; another token each time."""
    return Owner(socket.gethostname(), _place(), os.getpid(), _born(os.getpid()), *job_here())


def job_here() -> tuple[str, int]:
    """The job of a cluster that this process is in, and how often that was requeued; "" and 0 outside.

    As the worker of a submission has left it for what it starts, else as Slurm tells it to all that it starts.
    """
    if JOB in os.environ:
        return os.environ[JOB], int(os.environ.get(RESTARTS, "0"))
    return slurm_job()


def slurm_job() -> tuple[str, int]:
    """The same, by the variables that Slurm sets: 12_3 for a task of an array."""
    variables = os.environ
    array, task = variables.get("SLURM_ARRAY_JOB_ID"), variables.get("SLURM_ARRAY_TASK_ID")
    job = f"{array}_{task}" if array and task else variables.get("SLURM_JOB_ID", "")
    return job, int(variables.get("SLURM_RESTART_COUNT", "0"))


def is_gone(owner: Owner) -> bool:
    """Is it known that the process has ended?  Of another machine or container, nothing is known."""
    if owner.place != _place():
        me = this_process()
        return bool(owner.job) and owner.job == me.job and owner.restart < me.restart  # requeued: its first run is over
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _born(owner.pid) != owner.born


@cache
def _place() -> str:
    try:  # two containers of one machine may share its name, but not its process numbers
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:  # no Linux
        return socket.gethostname()


def _born(pid: int) -> str:
    """Start of a process; "dead" for one that nobody has buried yet, "" where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "dead" if fields[0] in "ZX" else fields[19]
