"""Do the data, the network and the strategy of a trial fit together?"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, partial

import torch
from torch import Tensor

from segaug.augment.strategy import Strategy
from segaug.augment.training_rules import Training
from segaug.errors import ConfigError
from segaug.experiment.config.schema import Config
from segaug.experiment.config.trial import Trial
from segaug.form import Form
from segaug.models.network import build_with_seed
from segaug.training.protocol import schedule

Maps = dict[str, Tensor]


def check_fitting(trials: Iterable[Trial]) -> None:
    """Raise ConfigError unless these can be trained; once for each curve, and before anything is decoded."""
    maps: dict[tuple[object, ...], Callable[[], Maps]] = {}  # of each network, made when first asked for
    trials = [*trials]
    for trial in {trial.curve: trial for trial in trials}.values():
        config, form = trial.config, seen_form(trial.config)
        _check_images(config)
        if config.protocol.patch is not None:
            _check_patches(config, form)
        _check_validation(trial)
        network = (trial.model, form.channels, form.logits, form.size)
        _check_index(trial)
        config.augment.check_maps(form, maps.setdefault(network, cache(partial(_maps, config))))
    for trial in {(trial.curve, trial.config.scale.size): trial for trial in trials}.values():
        trial.config.augment.check_training(_training(trial.config))


def _training(config: Config) -> Training:
    protocol, size, whole = config.protocol, config.scale.size, config.dataset.form.size
    patch = protocol.window(len(whole))
    return Training(
        objective=protocol.objective,
        patch=None if patch == whole else patch,
        updates=schedule(protocol, size).updates if size else None,
    )


def _check_validation(trial: Trial) -> None:
    """Refuse a strategy that needs validation labels where the protocol has none."""
    if trial.config.augment.needs_validation and trial.config.protocol.validation == "none":
        raise ConfigError(
            key="protocol.validation",
            problem=f"got none, and {trial.strategy} with these options needs validation labels",
            fix="use protocol.validation=best",
        )


def seen_form(config: Config) -> Form:
    """The form of what the network is shown at once: that of the images, or of the patches of them."""
    form = config.dataset.form
    return replace(form, size=config.protocol.window(len(form.size)) or form.size)


def _check_images(config: Config) -> None:
    """Refuse whole images that network and strategy cannot take, where either is shown any."""
    if config.protocol.patch is None or config.augment.learns_whole:
        config.model.check_size(config.dataset.size)
        config.augment.check(config.dataset.form)


def _check_patches(config: Config, form: Form) -> None:
    """Refuse patches that network and strategy cannot take, or that do not fit in an image."""
    patch, sides = form.size[0], config.dataset.form.size
    if patch > min(sides):
        raise ConfigError(
            key="protocol.patch",
            problem=f"patches of {patch} pixels do not fit in images of {' x '.join(map(str, sides))}",
            fix="use a smaller patch, a larger dataset.size, or null for whole images",
        )
    try:
        config.model.check_size(patch)
        if not config.augment.learns_whole:
            config.augment.check(form)
    except ConfigError as error:
        if error.key != "dataset.size":
            raise
        raise ConfigError(key="protocol.patch", problem=error.problem, fix=error.fix) from error


def _check_index(trial: Trial) -> None:
    """Refuse a stage that looks up images which the strategy makes, and that nobody can look up."""
    strategy = trial.config.augment
    if type(strategy).training_set is Strategy.training_set:
        return
    for stage in strategy.stages():
        if stage.needs_index:
            raise ConfigError(
                key="augment",
                problem=f"{trial.strategy} trains on images that it makes, and {type(stage).__name__}, one of its "
                "stages, knows those of the pool alone",
                fix=f"leave {type(stage).__name__} out",
            )


def _maps(config: Config) -> Maps:
    """The feature maps of a black image."""
    form = seen_form(config)
    network = build_with_seed(config.model, 0, form.channels, form.logits).eval()
    with torch.no_grad():
        return network.features(torch.zeros(1, form.channels, *form.size))[1]
