"""The batch script of an array for `sbatch`: options as comments, then shell.

Source: https://slurm.schedmd.com/sbatch.html
"""

import re
import shlex

from segaug.cluster.scheduler import Array
from segaug.cluster.settings import JobSettings
from segaug.cluster.worker_command import worker_command
from segaug.errors import ConfigError

_OPTION = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def batch_script(settings: JobSettings, array: Array) -> str:
    """Raises ConfigError where an option cannot stand on a line of its own."""
    logs = str(array.folder / "logs").replace("%", "%%")  # Slurm fills in what follows a single one
    srun = ["srun", "--unbuffered", "--output", f"{logs}/%A_%a_%t_log.out"]
    srun.append(f"--cpus-per-task={settings.cpus_per_task}")  # since 22.05 srun does not take it from its batch job
    return "\n".join(
        [
            "#!/bin/bash",
            *(_directive(name, value) for name, value in sorted(_options(settings, array, logs).items())),
            "",
            *(settings.setup or ()),
            f"{shlex.join([*srun, *worker_command(array)])} $(({array.first} + SLURM_ARRAY_TASK_ID))",
            "",
        ]
    )


def _options(settings: JobSettings, array: Array, logs: str) -> dict[str, object]:
    """Of sbatch, without the dashes in front; None: left out."""
    options: dict[str, object] = {
        "array": f"0-{array.tasks - 1}%{min(array.tasks, array.parallel)}",
        "job-name": array.name,
        "output": f"{logs}/%A_%a_0_log.out",
        "open-mode": "append",  # a requeued job goes on in its log
        "requeue": True,
        "signal": f"USR2@{settings.signal_delay_s}",
        "time": settings.timeout_min,
        "nodes": 1,
        "ntasks-per-node": 1,
        "cpus-per-task": settings.cpus_per_task,
        "gpus-per-node": settings.gpus_per_node,
        "mem": f"{round(1024 * settings.mem_gb)}M" if settings.mem_gb else None,
        "partition": settings.partition,
        "account": settings.account,
        "qos": settings.qos,
        "constraint": settings.constraint,
    }
    more = {name.replace("_", "-"): value for name, value in settings.additional_parameters.items()}
    return {name: value for name, value in (options | more).items() if value is not None and value is not False}


def _directive(name: str, value: object) -> str:
    """One line of comment.  sbatch unquotes values as a shell does, so that none of them ends where it should not."""
    if not _OPTION.fullmatch(name):
        key, fix = "hydra.launcher.additional_parameters", "name it as in --exclude=..., without the dashes"
        raise ConfigError(key=key, problem=f"{name!r} is no option of sbatch", fix=fix)
    if not str(value).isprintable():
        fix = "leave out line breaks and other control characters"
        raise ConfigError(key="hydra.launcher", problem=f"the option --{name} of sbatch would be {value!r}", fix=fix)
    return f"#SBATCH --{name}" if value is True else f"#SBATCH --{name}={shlex.quote(str(value))}"
