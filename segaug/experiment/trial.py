"""A trial is a value: what is trained, named and hashed."""

import dataclasses
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from segaug.errors import ConfigError
from segaug.experiment.schema import Config, science
from segaug.results.store import canonical


@dataclass(frozen=True)
class Trial:
    """One subset, one initialisation, one training.  The names are what tables and figures show."""

    config: Config
    task: str
    model: str
    strategy: str

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


def digest(value: object) -> str:
    """Short name of a JSON value: equal values, equal names, on every machine."""
    return sha256(canonical(value)).hexdigest()[:16]


def protocol_hash(config: Config) -> str:
    """What the trials of one curve must share, besides the content of the data set."""
    return digest(science(config)["protocol"])


def trial_id(trial: Trial, content_hash: str) -> str:
    """Content address: everything that decides the result, and nothing else (no path, device or tracker)."""
    plain: dict[str, Any] = science(trial.config)
    plain["dataset"] = {"task": trial.task, "content": content_hash}
    return digest(plain)


class Identities:
    """`trial_id` and `protocol_hash` of many trials that share the parts of their configs: each is spelt out once."""

    def __init__(self) -> None:
        self._spelt: dict[tuple[int, ...], tuple[tuple[object, ...], dict[str, Any], str]] = {}

    def trial_id(self, trial: Trial, content_hash: str) -> str:
        """As the function of this name."""
        plain, _ = self._shared(trial.config)
        varies = {"scale": dataclasses.asdict(trial.config.scale), "seed": trial.config.seed}
        return digest({**plain, **varies, "dataset": {"task": trial.task, "content": content_hash}})

    def protocol_hash(self, config: Config) -> str:
        """As the function of this name."""
        return self._shared(config)[1]

    def _shared(self, config: Config) -> tuple[dict[str, Any], str]:
        parts = (config.dataset, config.model, config.augment, config.protocol)
        key = tuple(map(id, parts))
        if key not in self._spelt:
            self._spelt[key] = (parts, science(config), protocol_hash(config))  # parts: kept, so that no id is reused
        _, plain, protocol = self._spelt[key]
        return plain, protocol


def with_learning_rate(config: Config, model: str) -> Config:
    """Settle protocol.learning_rate for the chosen model, so that it is part of the trial's identity."""
    protocol = config.protocol
    rate = protocol.learning_rate or protocol.learning_rates.get(model)
    if rate is None:
        raise ConfigError(
            key="protocol.learning_rate",
            problem=f"no value for model {model}",
            fix=f"set protocol.learning_rate=1e-3, or add {model} to protocol.learning_rates",
        )
    settled = dataclasses.replace(protocol, learning_rate=rate, learning_rates={})
    return dataclasses.replace(config, protocol=settled)
