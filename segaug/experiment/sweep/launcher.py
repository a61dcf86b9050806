"""Hydra plugins: where studies are found, and how a multirun is spread over this machine.

Registered from here, so that no top-level `hydra_plugins/` package is needed.
"""

import shlex
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hydra.core.config_loader import ConfigLoader
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.plugins import Plugins
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.plugins.search_path_plugin import SearchPathPlugin
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from segaug.errors import ConfigError
from segaug.experiment.config.folders import studies_dir
from segaug.experiment.config.grid import trials_of
from segaug.experiment.config.plugins import plugin_conf_dirs
from segaug.experiment.config.schema import register
from segaug.experiment.config.trial import Trial
from segaug.experiment.guard.data_only import install
from segaug.experiment.guard.sweep_size import check_depth, check_number
from segaug.experiment.machine.devices import default_workers, device_of
from segaug.internals.hydra import CORE_PLUGINS, jobs_of, let_plug_in, own_folder
from segaug.results.store import Json


class Study(Protocol):
    """What is done with the trials of a command; returns the records that they have after it."""

    def __call__(self, trials: Iterable[Trial], *, workers: int | None, many: bool, command: str) -> list[Json]:
        """Take the trials; `many` says that they are a multirun."""
        ...


PLUGINS = {f"{__name__}."}  # modules whose classes Hydra may make, besides its own


def _run_study(trials: Iterable[Trial], *, workers: int | None, many: bool, command: str) -> list[Json]:
    from segaug.experiment.sweep.study import run_study  # training is imported where somebody trains

    return run_study(trials, workers=workers, many=many, command=command)


# Hydra makes the launcher from the config, where a function has no place; so the command leaves it here.
STUDY: ContextVar[Study] = ContextVar("study", default=_run_study)


class StudySearchPath(SearchPathPlugin):
    """Adds the config groups of multirun_sweeps/ and of plugins, from whatever directory segaug is started."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Add the folders behind conf/."""
        search_path.append("segaug", f"file://{studies_dir()}")
        for folder in plugin_conf_dirs():
            search_path.append("plugins", f"file://{folder}")


class StudySweeper(Sweeper):
    """Hydra's basic sweep without its checks in between: the launcher composes every job before the first one runs."""

    launcher: Launcher
    loader: ConfigLoader

    def __init__(self, params: dict[str, str] | None, grids: list[dict[str, str]] | None) -> None:
        self.params, self.grids = params or {}, grids or [{}]

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Make the launcher that the config names."""
        self.loader = hydra_context.config_loader
        self.launcher = Plugins.instance().instantiate_launcher(
            hydra_context=hydra_context, task_function=task_function, config=config
        )

    def sweep(self, arguments: list[str]) -> Sequence[JobReturn]:
        """Launch the product of what the study file sweeps over and of the command line, which wins, for each grid."""
        parse = OverridesParser.create(config_loader=self.loader).parse_overrides
        typed = parse(arguments)
        settled = {override.key_or_group for override in typed}
        jobs: list[list[str]] = []
        for grid in self.grids:
            swept = {**self.params, **grid}
            words = [f"{key}={value}" for key, value in swept.items() if key not in settled]
            for word in words:
                check_depth(word)
            asked = parse(words)
            check_number([*asked, *typed])
            jobs += jobs_of([*asked, *typed])
        return self.launcher.launch(jobs, initial_job_idx=0)


def command_of(config: DictConfig, *more: str) -> str:
    """The command of a sweep, as the plan keeps it; config: of the sweep, with its hydra node.

    A folder of --config-dir below the one that the command is typed in is named from there, as that of the study is.
    """
    found_by = [word for word in config.hydra.overrides.hydra if word.startswith("hydra.searchpath=")]
    words = ["segaug", "train", "-m", *config.hydra.overrides.task, *found_by, *more]
    if folder := own_folder(config):
        own, here = Path(folder), Path.cwd()
        words.insert(3, f"--config-dir={own.relative_to(here) if own.is_relative_to(here) else own}")
    return shlex.join(words)


class LocalLauncher(Launcher):
    """Runs all jobs of a multirun on warm workers of this machine; finished trials are skipped."""

    config: DictConfig
    hydra_context: HydraContext

    def __init__(self, workers: int | None, per_gpu: int) -> None:
        if per_gpu < 1:
            raise ConfigError(key="hydra.launcher.per_gpu", problem=f"got {per_gpu}", fix="use 1 or more")
        if workers is not None and workers < 1:
            raise ConfigError(
                key="hydra.launcher.workers", problem=f"got {workers}", fix="use 1 or more, or null for one per core"
            )
        self.workers, self.per_gpu = workers, per_gpu

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Keep what composing the jobs needs."""
        self.hydra_context, self.config = hydra_context, config

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """Compose every job, then do with them what the command is for; raises at the end if any failed."""
        command = command_of(self.config)
        trials = trials_of(job_overrides, self.config, self.hydra_context.config_loader)
        records = STUDY.get()(trials, workers=self._workers(trials), many=True, command=command)
        return [JobReturn(_return_value=record["id"], status=JobStatus.COMPLETED) for record in records]

    def _workers(self, trials: Sequence[Trial]) -> int | None:
        """None: nobody has said how many, and cores and memory decide."""
        if self.workers or not trials or device_of(trials[0].config.device).type == "cpu":
            return self.workers
        return default_workers(trials[0].config.device, self.per_gpu)


def _may_plug_in(clazz: str) -> bool:
    return clazz.startswith(("hydra_plugins.", CORE_PLUGINS, *PLUGINS))


@dataclass
class LocalLauncherConf:
    """`hydra/launcher=local`, the default."""

    _target_: str = f"{__name__}.LocalLauncher"
    workers: int | None = None  # None: one per core; with GPUs, per_gpu on each
    per_gpu: int = 1


@dataclass
class StudySweeperConf:
    """`hydra/sweeper=study`, the default; `params` is what a study file sweeps over.

    grids: further products, each joined with params, where one product would hold arms that nobody asked for.
    """

    _target_: str = f"{__name__}.StudySweeper"
    params: dict[str, str] | None = None
    grids: list[dict[str, str]] | None = None


def register_plugins() -> None:
    """Tell Hydra about the schemas and the plugins; may be called more than once."""
    register()
    install()
    let_plug_in(_may_plug_in)
    for plugin in (StudySearchPath, LocalLauncher, StudySweeper):
        Plugins.instance().register(plugin)
    store = ConfigStore.instance()
    store.store(group="hydra/launcher", name="local", node=LocalLauncherConf, provider="segaug")
    store.store(group="hydra/sweeper", name="study", node=StudySweeperConf, provider="segaug")
