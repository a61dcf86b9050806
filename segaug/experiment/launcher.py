"""Hydra plugins: where studies are found, and how a multirun is spread over this machine.

Registered from here, so that no top-level `hydra_plugins/` package is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.config_store import ConfigStore
from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.plugins.search_path_plugin import SearchPathPlugin
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from segaug.errors import ConfigError
from segaug.experiment.compose import trial_of
from segaug.experiment.folders import studies_dir
from segaug.experiment.schema import register
from segaug.experiment.sweep import run_study
from segaug.experiment.trial import Trial


class StudySearchPath(SearchPathPlugin):
    """Makes multirun_sweeps/study/ the config group `study`, from whatever directory segaug is started."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Add the folder behind conf/."""
        search_path.append("segaug", f"file://{studies_dir()}")


class StudySweeper(BasicSweeper):
    """Hydra's sweeper; the launcher composes every job before the first one runs, so it need not do so as well."""

    def validate_batch_is_legal(self, batch: Sequence[Sequence[str]]) -> None:
        """Nothing: see the class."""


class LocalLauncher(Launcher):
    """Runs all jobs of a multirun on warm workers of this machine; finished trials are skipped."""

    config: DictConfig
    hydra_context: HydraContext

    def __init__(self, workers: int | None) -> None:
        if workers is not None and workers < 1:
            raise ConfigError(key="hydra.launcher.workers", problem=f"got {workers}", fix="use 1 or more, or null for one per core")
        self.workers = workers

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Keep what composing the jobs needs."""
        self.hydra_context, self.config = hydra_context, config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """Compose every job, then run them all; raises TrialsFailed at the end if any failed."""
        records = run_study(self._trials(job_overrides), workers=self.workers, many=True)
        return [JobReturn(_return_value=record["id"], status=JobStatus.COMPLETED) for record in records]

    def _trials(self, job_overrides: Sequence[Sequence[str]]) -> list[Trial]:
        loader = self.hydra_context.config_loader
        composed: dict[tuple[str, ...], Trial] = {}  # without the seed: composing costs some 80 ms a job
        trials = []
        for overrides in job_overrides:
            others = tuple(one for one in overrides if not one.startswith("seed="))
            if others not in composed:
                config = loader.load_sweep_config(self.config, list(overrides))
                composed[others] = trial_of(config, config.hydra.runtime.choices, loader)
            trial = composed[others]
            seeds = [int(one.removeprefix("seed=")) for one in overrides if one.startswith("seed=")]
            trials.append(trial.at(size=trial.config.scale.size, seed=seeds[-1] if seeds else trial.config.seed))
        return trials


@dataclass
class LocalLauncherConf:
    """`hydra/launcher=local`, the default."""

    _target_: str = "segaug.experiment.launcher.LocalLauncher"  # Hydra's own way of naming a plugin
    workers: int | None = None  # None: one per core, or one per CUDA device


@dataclass
class StudySweeperConf:
    """`hydra/sweeper=study`, the default; `params` is what a study file sweeps over."""

    _target_: str = "segaug.experiment.launcher.StudySweeper"
    max_batch_size: int | None = None
    params: dict[str, str] | None = None


def register_plugins() -> None:
    """Tell Hydra about the schemas and the plugins; may be called more than once."""
    register()
    for plugin in (StudySearchPath, LocalLauncher, StudySweeper):
        Plugins.instance().register(plugin)
    store = ConfigStore.instance()
    store.store(group="hydra/launcher", name="local", node=LocalLauncherConf, provider="segaug")
    store.store(group="hydra/sweeper", name="study", node=StudySweeperConf, provider="segaug")
