"""`hydra/launcher=slurm`, or another scheduler: a multirun as jobs of a cluster."""

import dataclasses
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any, Protocol

from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf

from segaug.cluster.scheduler import Cluster
from segaug.cluster.schedulers import SCHEDULERS, scheduler_named
from segaug.cluster.settings import JobSettings
from segaug.errors import ConfigError
from segaug.experiment.config.grid import trials_of
from segaug.experiment.config.trial import Trial
from segaug.experiment.sweep.launcher import PLUGINS, command_of
from segaug.results.store import Json


class OnCluster(Protocol):
    """What a command does with trials on a cluster; returns the records that they have after it."""

    def __call__(self, trials: Iterable[Trial], cluster: Cluster, command: str) -> list[Json]:
        """Take the trials of a multirun."""
        ...


def _refuse(trials: Iterable[Trial], cluster: Cluster, command: str) -> list[Json]:
    fix = "leave it out: this command works on this machine; `segaug train`, `submit` and `plan` know clusters"
    raise ConfigError(key="hydra/launcher", problem=f"got {cluster.scheduler.name}", fix=fix)


# Hydra makes the launcher from the config, where a function has no place; so the command leaves it here.
ON_CLUSTER: ContextVar[OnCluster] = ContextVar("on_cluster", default=_refuse)


class ClusterLauncher(Launcher):
    """Composes all jobs of a multirun and hands their trials to what the command does on a cluster."""

    config: DictConfig
    hydra_context: HydraContext

    def __init__(self, scheduler: str, **settings: Any) -> None:  # values that Hydra has checked against a JobSettings
        plain: dict[str, Any] = {name: _plain(value) for name, value in settings.items()}
        self.cluster = Cluster(scheduler_named(scheduler), JobSettings(**plain))

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Keep what composing the jobs needs."""
        self.hydra_context, self.config = hydra_context, config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """Do with the trials what the command is for."""
        words = [f"hydra/launcher={self.config.hydra.runtime.choices['hydra/launcher']}"]
        words += [word for word in self.config.hydra.overrides.hydra if word.startswith("hydra.launcher.")]
        trials = trials_of(job_overrides, self.config, self.hydra_context.config_loader)
        records = ON_CLUSTER.get()(trials, self.cluster, command_of(self.config, *words))
        return [JobReturn(_return_value=record["id"], status=JobStatus.COMPLETED) for record in records]


def _plain(value: Any) -> Any:  # a value of YAML
    return OmegaConf.to_container(value) if OmegaConf.is_config(value) else value


def _conf(scheduler: str) -> type:
    """The schema of `hydra/launcher=NAME`: the settings of its jobs."""
    fixed: list[tuple[str, type, str]] = [
        ("_target_", str, f"{__name__}.ClusterLauncher"),
        ("scheduler", str, scheduler),
    ]
    return dataclasses.make_dataclass("ClusterConf", fixed, bases=(JobSettings,), kw_only=True)


def register_clusters() -> None:
    """Tell Hydra about the launcher of each scheduler; may be called more than once."""
    PLUGINS.add(f"{__name__}.")
    Plugins.instance().register(ClusterLauncher)
    for name in SCHEDULERS:
        ConfigStore.instance().store(group="hydra/launcher", name=name, node=_conf(name), provider="segaug")
