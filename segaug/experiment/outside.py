"""Composing for those who run no trial: what `preview` and `data check` are asked for on the command line."""

import dataclasses
import os
from functools import cache
from pathlib import Path

from hydra import initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode

from segaug.data.integrity import check
from segaug.data.pooled import Pooled
from segaug.data.pooled_check import check_pooled
from segaug.errors import ConfigError
from segaug.experiment.config.choice import CONFIG_NAME
from segaug.experiment.config.composed import trial_of
from segaug.experiment.config.folders import conf_dir
from segaug.experiment.config.trial import Trial
from segaug.experiment.sweep.launcher import register_plugins
from segaug.internals.hydra import with_own_folder
from segaug.results.store import Json


def compose(overrides: list[str], config_dir: str | None = None) -> Trial:
    """The trial that these words describe; config_dir: a folder with config groups of the user's own."""
    loader = own_loader(config_dir and os.path.abspath(config_dir))
    composed = loader.load_configuration(CONFIG_NAME, overrides, run_mode=RunMode.RUN, from_shell=False)
    return trial_of(composed, composed.hydra.runtime.choices, loader)


@cache
def own_loader(config_dir: str | None = None) -> ConfigLoader:
    """Of `conf/`, and of this folder; one a process, so that the defaults that names are told by are composed once."""
    if config_dir and not os.path.isdir(config_dir):
        raise ConfigError(key="--config-dir", problem=f"there is no folder {config_dir}", fix="name one that exists")
    register_plugins()
    with initialize_config_dir(config_dir=str(conf_dir()), version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        return with_own_folder(loader, config_dir) if config_dir else loader


def data_check(overrides: list[str], config_dir: str | None = None) -> Json:
    """The `Report` of `segaug.data.integrity` as plain values, with the name of the data set under "dataset".

    Of a pooled data set, the `PooledReport` of `segaug.data.pooled_check`.
    """
    trial = compose(overrides, config_dir)
    dataset, copies = trial.config.dataset, Path(trial.config.cache).expanduser()
    report = check_pooled(dataset, copies) if isinstance(dataset, Pooled) else check(dataset)
    return {"dataset": trial.task} | dataclasses.asdict(report)
