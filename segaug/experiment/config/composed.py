"""From Hydra's composed config to a `Trial`, names included."""

import copy
import dataclasses

from hydra.core.config_loader import ConfigLoader
from omegaconf import DictConfig, open_dict, read_write

from segaug.data.pooled import Pooled
from segaug.data.task import Dataset
from segaug.experiment.config.choice import label, option
from segaug.experiment.config.pooling import with_sources
from segaug.experiment.config.schema import typed
from segaug.experiment.config.trial import Trial, with_learning_rate
from segaug.experiment.config.warmup import with_warmup
from segaug.internals.hydra import searching_as


def trial_of(composed: DictConfig, hydra: DictConfig, loader: ConfigLoader) -> Trial:
    """The trial that a composed config describes; hydra: Hydra's own node of it.

    A choice whose options were changed is named after them: `augment=red augment.p=0.5` is the strategy `red(p=0.5)`,
    so that it is another curve than `red`.
    """
    return settled(unsettled(composed, hydra, loader), hydra.runtime.choices["model"])


def settled(trial: Trial, model: str) -> Trial:
    """The trial with the learning rate of its model, by the name of the option."""
    return dataclasses.replace(trial, config=with_learning_rate(trial.config, model))


def unsettled(composed: DictConfig, hydra: DictConfig, loader: ConfigLoader) -> Trial:
    """As `trial_of`, but with a protocol that may still list a learning rate for each model."""
    loader, choices = searching_as(loader, hydra), hydra.runtime.choices
    config = typed(with_warmup(without_hydra(composed), hydra, loader))
    if isinstance(config.dataset, Pooled):
        config = dataclasses.replace(config, dataset=with_sources(config.dataset, loader))
    config = dataclasses.replace(config, augment=config.augment.resolved())
    return Trial(
        config=config,
        task=_task(loader, choices["dataset"], config.dataset),
        model=label(loader, "model", choices["model"], config.model),
        strategy=label(loader, "augment", choices["augment"], config.augment),
    )


def without_hydra(composed: DictConfig) -> DictConfig:
    """A composed config without Hydra's own node."""
    composed = copy.deepcopy(composed)
    with read_write(composed), open_dict(composed):
        composed.pop("hydra", None)
    return composed


def _task(loader: ConfigLoader, choice: str, dataset: Dataset | Pooled) -> str:
    if not isinstance(dataset, Pooled):
        return _named(loader, choice, dataset)
    return dataset.name(_named(loader, dataset.base, dataset.sources[dataset.base]))


def _named(loader: ConfigLoader, choice: str, dataset: Dataset) -> str:
    """A name that is given in the command stands for all that the command says; another one for its config."""
    if dataset.name and dataset.name != option(loader, "dataset", choice).name:
        return dataset.name
    return label(loader, "dataset", choice, dataset, named=dataset.name)
