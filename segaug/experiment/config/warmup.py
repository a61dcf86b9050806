"""A shorter protocol has a shorter warm-up, where none was asked for and its own would not end before the training."""

import copy

from hydra.core.config_loader import ConfigLoader
from omegaconf import DictConfig, open_dict, read_write

from segaug.experiment.config.choice import composed_option

LENGTH, WARMUP = "length", "warmup"


def with_warmup(composed: DictConfig, hydra: DictConfig, loader: ConfigLoader) -> DictConfig:
    """The same share of the length as in `protocol=CHOICE`, rounded, in place of a default that is too long.

    hydra: Hydra's own node.  A default that fits is left as it is: finished trials were trained by it.
    """
    asked = composed.protocol
    said = [str(word).lstrip("+").partition("=")[0] for word in hydra.overrides.task]
    if asked[WARMUP] < asked[LENGTH] or f"protocol.{WARMUP}" in said:
        return composed
    default = composed_option(loader, "protocol", hydra.runtime.choices["protocol"])
    if asked[WARMUP] != default[WARMUP]:
        return composed
    shortened = copy.deepcopy(composed)
    with read_write(shortened), open_dict(shortened):
        shortened.protocol[WARMUP] = max(0, round(asked[LENGTH] * default[WARMUP] / default[LENGTH]))
    return shortened
