"""Slurm: the few commands of it that are used."""

import getpass
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from segaug.cluster.batch_script import batch_script
from segaug.cluster.scheduler import Array, JobHere, Limits, SchedulerError
from segaug.cluster.settings import JobSettings
from segaug.results.owner import slurm_job

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


class SlurmError(SchedulerError):
    """A command of Slurm failed."""


class Slurm:
    """The methods are those of `Scheduler`."""

    name = "slurm"
    title = "Slurm"
    kill_wait_s = 30.0  # Slurm's own default

    def require(self) -> None:
        """Is there an sbatch?"""
        if shutil.which("sbatch") is None:
            raise SlurmError(
                "hydra/launcher=slurm: there is no sbatch on this machine; type the command on a login node of the "
                "cluster, or leave out hydra/launcher to run here"
            )

    def limits(self) -> Limits:
        """As `scontrol show config` and, with accounting, `sacctmgr` tell."""
        configured = re.search(r"MaxArraySize\s*=\s*(\d+)", call("scontrol", "show", "config"))
        max_array = int(configured.group(1)) if configured else DEFAULT_MAX_ARRAY
        return Limits(max(1, max_array), _max_submit())

    def queued(self) -> int:
        """As `squeue` lists them."""
        return len(call("squeue", "-h", "-r", "-u", getpass.getuser(), "-o", "%i").split())

    def script(self, settings: JobSettings, array: Array) -> str:
        """For `sbatch`."""
        return batch_script(settings, array)

    def submit(self, script: Path) -> str:
        """By `sbatch`; the number of the job, without its cluster."""
        return call("sbatch", "--parsable", str(script)).strip().partition(";")[0]

    def alive(self, jobs: Iterable[str]) -> list[str]:
        """Those that Slurm has forgotten are not."""
        jobs = sorted(set(jobs))
        if not jobs:
            return []
        try:
            return call("squeue", "-h", "-r", "-j", ",".join(jobs), "-o", "%i").split()
        except SlurmError as error:
            if _GONE not in str(error):
                raise
        return [] if len(jobs) == 1 else [task for job in jobs for task in self.alive([job])]

    def cancel(self, jobs: Sequence[str]) -> None:
        """By `scancel`."""
        call("scancel", *jobs)

    def here(self) -> JobHere | None:
        """By the variables that Slurm sets; SLURM_JOB_END_TIME since 22.05, which knows of `scontrol update` too."""
        name, restarts = slurm_job()
        end = os.environ.get("SLURM_JOB_END_TIME")
        return JobHere(name, restarts, float(end) if end else None) if name else None

    def may_leave(self, task: str) -> bool:
        """A job that is RUNNING after SIGTERM has been granted time to leave, before a preemption."""
        try:
            return call("squeue", "-h", "-j", task, "-o", "%T").strip() == "RUNNING"
        except SlurmError:
            return False

    def requeue(self, task: str) -> None:
        """By `scontrol requeue`."""
        call("scontrol", "requeue", task)


def _max_submit() -> int | None:
    try:
        associations = call("sacctmgr", "-nP", "show", "assoc", f"user={getpass.getuser()}", "format=MaxSubmitJobs")
    except SlurmError:  # no accounting, as on many clusters
        return None
    numbers = [int(word) for word in associations.split() if word.isdecimal()]
    return min(numbers, default=None)


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
    message = lines[-1].removeprefix(f"{command[0]}: ").removeprefix("error: ")
    fix = next((fix for words, fix in _FIXES.items() if words in done.stderr.lower()), "see `man " + command[0] + "`")
    raise SlurmError(f"{command[0]}: {message}; {fix}")
