"""What a user can say about the jobs of a cluster; the names are those of hydra-submitit-launcher where it has them."""

from dataclasses import dataclass, field
from typing import Any

from segaug.errors import ConfigError

AT_LEAST_ONE = ("timeout_min", "cpus_per_task", "workers_per_gpu", "pack_minutes", "array_parallelism")


@dataclass(kw_only=True)
class JobSettings:
    """Resources of one job, and how trials are spread over jobs; None: the cluster decides."""

    partition: str | None = None  # None: the cluster's default
    timeout_min: int = 240  # time limit of a job; its worker puts itself back into the queue if trials are left
    cpus_per_task: int = 1  # without a GPU: as many trials run at the same time
    gpus_per_node: int | None = None
    workers_per_gpu: int = 1  # trials at the same time on one GPU
    mem_gb: float | None = None
    account: str | None = None
    qos: str | None = None
    constraint: str | None = None
    setup: list[str] | None = None  # lines of shell before the worker starts, e.g. ["module load cuda"]
    array_parallelism: int = 256  # jobs of this study at the same time
    additional_parameters: dict[str, Any] = field(default_factory=dict)  # further options of sbatch
    signal_delay_s: int = 120  # a job is told to stop this long before its limit; Slurm may do so a minute earlier
    pack_minutes: float = 60.0  # trials join one job until it takes this long, by forecast
    max_requeues: int = 20  # of one job

    def __post_init__(self) -> None:
        for name in AT_LEAST_ONE:
            if getattr(self, name) < 1:
                raise _wrong(name, getattr(self, name), "use 1 or more")
        if self.max_requeues < 0:
            raise _wrong("max_requeues", self.max_requeues, "use 0 (never) or more")
        if not 0 <= self.signal_delay_s < 60 * self.timeout_min:
            raise _wrong("signal_delay_s", self.signal_delay_s, "use less than the time limit, timeout_min")

    @property
    def workers(self) -> int:
        """Trials that run at the same time in one job."""
        return self.gpus_per_node * self.workers_per_gpu if self.gpus_per_node else self.cpus_per_task


def _wrong(name: str, value: object, fix: str) -> ConfigError:
    return ConfigError(key=f"hydra.launcher.{name}", problem=f"got {value}", fix=fix)
