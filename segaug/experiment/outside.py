"""Composing for those who run no trial: what `preview` and `data check` are asked for on the command line."""

import dataclasses
from functools import cache
from pathlib import Path

from hydra import initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode

from segaug.data.check.check import check
from segaug.data.check.pooled import check_pooled
from segaug.data.check.report import Report
from segaug.data.pooled import Pooled
from segaug.experiment.config.choice import CONFIG_NAME
from segaug.experiment.config.composed import trial_of
from segaug.experiment.config.folders import conf_dir, readable_dir, user_dir
from segaug.experiment.config.trial import Trial
from segaug.experiment.sweep.launcher import register_plugins
from segaug.internals.hydra import with_own_folder
from segaug.results.store import Json


def compose(overrides: list[str], config_dir: str | None = None) -> Trial:
    """The trial that these words describe; config_dir: a folder with config groups of the user's own."""
    loader = own_loader(config_dir and str(readable_dir(config_dir, "--config-dir")))
    composed = loader.load_configuration(CONFIG_NAME, overrides, run_mode=RunMode.RUN, from_shell=False)
    return trial_of(composed, composed.hydra, loader)


def own_loader(config_dir: str | None = None) -> ConfigLoader:
    """Of `conf/`, of this folder, absolute, and of `user_dir`; one for each of them a process.

    So the defaults that names are told by are composed once.
    """
    return _loader(config_dir, user_dir())


@cache
def _loader(config_dir: str | None, _: Path | None) -> ConfigLoader:
    register_plugins()
    with initialize_config_dir(config_dir=str(conf_dir()), version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        return with_own_folder(loader, config_dir) if config_dir else loader


def data_check(trial: Trial) -> Json:
    """The `Report` of `segaug.data.check` on its data set, as plain values, with the name under "dataset".

    Of a pooled data set, the `PooledReport` of `segaug.data.check.pooled`.
    """
    return {"dataset": trial.task} | dataclasses.asdict(checked(trial))


def checked(trial: Trial) -> Report:
    """What a check finds in its data set, or in the sources of a pooled one."""
    dataset, copies = trial.config.dataset, Path(trial.config.cache).expanduser()
    return check_pooled(dataset, copies) if isinstance(dataset, Pooled) else check(dataset)
