"""Do the data, the network and the strategy of a trial fit together?"""

from collections.abc import Callable, Iterable
from functools import cache, partial

import torch
from torch import Tensor

from segaug.augment.strategy import Strategy
from segaug.errors import ConfigError
from segaug.experiment.config.schema import Config
from segaug.experiment.config.trial import Trial
from segaug.models.network import build_with_seed

Maps = dict[str, Tensor]


def check_fitting(trials: Iterable[Trial]) -> None:
    """Raise ConfigError unless these can be trained; once for each curve, and before anything is decoded."""
    maps: dict[tuple[object, ...], Callable[[], Maps]] = {}  # of each network, made when first asked for
    for trial in {trial.curve: trial for trial in trials}.values():
        config, form = trial.config, trial.config.dataset.form
        config.model.check_size(config.dataset.size)
        config.augment.check(form)
        network = (trial.model, form.channels, form.logits, form.size)
        _check_index(trial)
        config.augment.check_maps(form, maps.setdefault(network, cache(partial(_maps, config))))


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
    form = config.dataset.form
    network = build_with_seed(config.model, 0, form.channels, form.logits).eval()
    with torch.no_grad():
        return network.features(torch.zeros(1, form.channels, *form.size))[1]
