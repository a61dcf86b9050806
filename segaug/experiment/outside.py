"""Composing for those who run no trial: what `preview` and `data check` are asked for on the command line."""

import dataclasses
from functools import cache

from hydra import initialize_config_dir
from hydra.core.config_loader import ConfigLoader
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode

from segaug.data.integrity import check
from segaug.experiment.config.choice import CONFIG_NAME
from segaug.experiment.config.composed import trial_of
from segaug.experiment.config.folders import conf_dir
from segaug.experiment.config.trial import Trial
from segaug.experiment.sweep.launcher import register_plugins
from segaug.results.store import Json


def compose(overrides: list[str]) -> Trial:
    """The trial that these words describe."""
    loader = own_loader()
    composed = loader.load_configuration(CONFIG_NAME, overrides, run_mode=RunMode.RUN, from_shell=False)
    return trial_of(composed, composed.hydra.runtime.choices, loader)


@cache
def own_loader() -> ConfigLoader:
    """Of `conf/` alone; one a process, so that the defaults that names are told by are composed once."""
    register_plugins()
    with initialize_config_dir(config_dir=str(conf_dir()), version_base="1.3"):
        return GlobalHydra.instance().config_loader()


def data_check(overrides: list[str]) -> Json:
    """The `Report` of `segaug.data.integrity` as plain values, with the name of the data set under "dataset"."""
    trial = compose(overrides)
    return {"dataset": trial.task} | dataclasses.asdict(check(trial.config.dataset))
