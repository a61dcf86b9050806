"""The few commands of Slurm that are used.  States of trials never come from here, only whether jobs are alive."""

import getpass
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from segaug.errors import UserError

PATIENCE_S = 60  # a busy controller answers late
DEFAULT_MAX_ARRAY = 1001  # Slurm's own
_GONE = "Invalid job id"
_FIXES = {
    "invalid partition": "choose one that `sinfo -s` lists with hydra.launcher.partition=NAME",
    "invalid account": "choose one that `sacctmgr show associations user=$USER` lists with hydra.launcher.account=NAME",
    "invalid qos": "choose one that `sacctmgr show qos` lists with hydra.launcher.qos=NAME",
    "node configuration is not available": "ask for less: no node has these cores, memory, GPUs or features",
    "time limit": "ask for less time with hydra.launcher.timeout_min=MINUTES; jobs go on where they stopped",
    "job violates accounting/qos policy": "fewer jobs fit your limits: raise hydra.launcher.pack_minutes",
    "unable to contact slurm controller": "try again later: the controller of the cluster does not answer",
}


class SlurmError(UserError):
    """A command of Slurm failed."""


@dataclass(frozen=True)
class Limits:
    """What the cluster takes from one user."""

    max_array: int  # tasks of one array
    max_submit: int | None  # jobs in the queue, each task of an array counted; None: no limit is known


def require() -> None:
    """Raise SlurmError where Slurm is not installed."""
    if shutil.which("sbatch") is None:
        raise SlurmError(
            "hydra/launcher=slurm: there is no sbatch on this machine; type the command on a login node of the cluster,"
            " or leave out hydra/launcher to run here"
        )


def limits() -> Limits:
    """As `scontrol show config` and, with accounting, `sacctmgr` tell."""
    found = re.search(r"MaxArraySize\s*=\s*(\d+)", call("scontrol", "show", "config"))
    config = int(found.group(1)) if found else DEFAULT_MAX_ARRAY
    return Limits(max(1, config), _max_submit())


def _max_submit() -> int | None:
    try:
        told = call("sacctmgr", "-nP", "show", "assoc", f"user={getpass.getuser()}", "format=MaxSubmitJobs")
    except SlurmError:  # no accounting, as on many clusters
        return None
    numbers = [int(word) for word in told.split() if word.isdecimal()]
    return min(numbers, default=None)


def queued() -> int:
    """How many jobs of this user the queue holds, each task of an array counted."""
    return len(call("squeue", "-h", "-r", "-u", getpass.getuser(), "-o", "%i").split())


def submit(script: Path) -> str:
    """Send a batch script; returns the number of the job."""
    return call("sbatch", "--parsable", str(script)).strip().partition(";")[0]


def alive(jobs: Iterable[str]) -> list[str]:
    """Which jobs are waiting or running, each task of an array by itself: "12_3".  Those that Slurm forgot are not."""
    jobs = sorted(set(jobs))
    if not jobs:
        return []
    try:
        return call("squeue", "-h", "-r", "-j", ",".join(jobs), "-o", "%i").split()
    except SlurmError as error:
        if _GONE not in str(error):
            raise
    return [] if len(jobs) == 1 else [one for job in jobs for one in alive([job])]


def state(job: str) -> str:
    """RUNNING, PENDING, COMPLETING, ...; "" where Slurm does not know the job."""
    try:
        return call("squeue", "-h", "-j", job, "-o", "%T").strip()
    except SlurmError:
        return ""


def requeue(job: str) -> None:
    """Put a running job back into the queue; Slurm ends it."""
    call("scontrol", "requeue", job)


def cancel(jobs: Sequence[str]) -> None:
    """End jobs."""
    call("scancel", *jobs)


def call(*command: str) -> str:
    """Run one command; raises SlurmError with Slurm's own words and, where it is known, what to do."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except FileNotFoundError as error:
        raise SlurmError(f"there is no {command[0]} on this machine") from error
    except subprocess.TimeoutExpired as error:
        raise SlurmError(f"{command[0]} did not answer within {PATIENCE_S} s; try again later") from error
    if done.returncode == 0:
        return done.stdout
    lines = done.stderr.strip().splitlines() or ["no message"]
    told = lines[-1].removeprefix(f"{command[0]}: ").removeprefix("error: ")
    fix = next((fix for words, fix in _FIXES.items() if words in done.stderr.lower()), "see `man " + command[0] + "`")
    raise SlurmError(f"{command[0]}: {told}; {fix}")
