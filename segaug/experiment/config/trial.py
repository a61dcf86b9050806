"""A trial is a value: what is trained, and its names."""

import dataclasses
from dataclasses import dataclass

from segaug.errors import ConfigError
from segaug.experiment.config.schema import Config, check_name


@dataclass(frozen=True)
class Trial:
    """One subset, one initialisation, one training.  The names are what tables and figures show."""

    config: Config
    task: str
    model: str
    strategy: str

    def __post_init__(self) -> None:
        for key, name in (("dataset", self.task), ("model", self.model), ("augment", self.strategy)):
            check_name(key, name)

    @property
    def curve(self) -> tuple[str, str, str]:
        """The trials that one curve is fitted to."""
        return self.task, self.model, self.strategy

    def at(self, *, size: int | None, seed: int) -> "Trial":
        """The same trial at another point of the grid."""
        scale = dataclasses.replace(self.config.scale, size=size)
        return dataclasses.replace(self, config=dataclasses.replace(self.config, scale=scale, seed=seed))

    def in_folder(self, output: str) -> "Trial":
        """The same trial with its record in another study folder."""
        return dataclasses.replace(self, config=dataclasses.replace(self.config, output=output))


def with_learning_rate(config: Config, model: str) -> Config:
    """Settle protocol.learning_rate for the chosen model, so that it is part of the trial's identity.

    It is the protocol's own, or the one that the protocol lists for the model, or the one that the model brings.
    """
    protocol = config.protocol
    rate = protocol.learning_rate or protocol.learning_rates.get(model)
    if rate is None and protocol.optimiser.name == "sgd":
        raise ConfigError(
            key="protocol.learning_rate",
            problem=f"no value for sgd: the rate that {model} brings is one for adam",
            fix="set protocol.learning_rate, e.g. 1e-2",
        )
    settled = dataclasses.replace(protocol, learning_rate=rate or config.model.learning_rate, learning_rates={})
    return dataclasses.replace(config, protocol=settled)
