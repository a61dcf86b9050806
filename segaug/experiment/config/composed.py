"""From Hydra's composed config to a `Trial`, names included."""

import copy
import dataclasses
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict, read_write

from segaug.data.task import DESCRIPTIVE
from segaug.experiment.config.schema import typed
from segaug.experiment.config.trial import Trial, with_learning_rate

CONFIG_NAME = "config"


def trial_of(composed: DictConfig, choices: Mapping[str, str], loader: ConfigLoader) -> Trial:
    """The trial that a composed config describes; choices: config group -> the option that was chosen.

    A choice whose options were changed is named after them: `augment=red augment.p=0.5` is the strategy `red(p=0.5)`,
    so that it is another curve than `red`.
    """
    return settled(unsettled(composed, choices, loader), choices["model"])


def settled(trial: Trial, model: str) -> Trial:
    """The trial with the learning rate of its model, by the name of the option."""
    return dataclasses.replace(trial, config=with_learning_rate(trial.config, model))


def unsettled(composed: DictConfig, choices: Mapping[str, str], loader: ConfigLoader) -> Trial:
    """As `trial_of`, but with a protocol that may still list a learning rate for each model."""
    config = typed(without_hydra(composed))
    return Trial(
        config=config,
        task=_label(loader, "dataset", choices["dataset"], config.dataset),
        model=_label(loader, "model", choices["model"], config.model),
        strategy=_label(loader, "augment", choices["augment"], config.augment),
    )


def without_hydra(composed: DictConfig) -> DictConfig:
    """A composed config without Hydra's own node."""
    composed = copy.deepcopy(composed)
    with read_write(composed), open_dict(composed):
        composed.pop("hydra", None)
    return composed


def _label(loader: ConfigLoader, group: str, choice: str, value: Any) -> str:
    default = _default(loader, group, choice)
    changed = sorted((key, new) for key, new in _flat(value).items() if new != default.get(key))
    return choice + (f"({','.join(f'{key}={new}' for key, new in changed)})" if changed else "")


@cache  # one loader a process
def _default(loader: ConfigLoader, group: str, choice: str) -> Mapping[str, Any]:
    composed = loader.load_configuration(CONFIG_NAME, [f"{group}={choice}"], run_mode=RunMode.RUN)
    return _flat(OmegaConf.to_object(composed[group]))


def _flat(value: Any) -> dict[str, Any]:
    """The scientific options of a config object, nested ones as "a.b"."""
    return dict(_items(dataclasses.asdict(value), ""))


def _items(tree: Mapping[str, Any], prefix: str) -> Iterable[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _items(value, f"{prefix}{key}.")
        elif key not in DESCRIPTIVE:
            yield f"{prefix}{key}", value
