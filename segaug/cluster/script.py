"""The batch script of an array, by submitit's own builder, with a command of ours in it."""

import shlex
import sys
from pathlib import Path

from segaug.cluster.settings import SlurmSettings

SIGNAL = "USR2"  # what submitit's builder asks Slurm to send before the time limit


def script(settings: SlurmSettings, folder: Path, *, name: str, first: int, tasks: int, parallel: int) -> str:
    """Text of the script of the packs first .. first + tasks - 1 of a submission.

    folder: of the submission, absolute.  parallel: tasks of this array that may run at the same time.
    """
    from submitit.slurm.slurm import _make_sbatch_string

    worker = shlex.join([sys.executable, "-u", "-m", "segaug.cluster.worker", str(folder)])
    return _make_sbatch_string(
        command=f"{worker} $(({first} + SLURM_ARRAY_TASK_ID))",
        folder=folder / "logs",
        job_name=name,
        partition=settings.partition,
        time=settings.timeout_min,
        ntasks_per_node=1,
        cpus_per_task=settings.cpus_per_task,
        gpus_per_node=settings.gpus_per_node,
        mem=f"{round(1024 * settings.mem_gb)}M" if settings.mem_gb else None,
        account=settings.account,
        qos=settings.qos,
        constraint=settings.constraint,
        setup=list(settings.setup) if settings.setup else None,
        signal_delay_s=settings.signal_delay_s,
        array_parallelism=parallel,
        map_count=tasks,
        wckey=None,  # type: ignore[arg-type]  # left out: clusters that check such keys refuse unknown ones
        stderr_to_stdout=True,
        additional_parameters={"requeue": True, **settings.additional_parameters},
        # since 22.05 srun no longer takes the number of cores from its batch job
        srun_args=[f"--cpus-per-task={settings.cpus_per_task}"],
    )
