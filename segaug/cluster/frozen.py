"""Code and configuration as plain JSON, so that a job can tell that both are still what was submitted."""

import dataclasses
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from omegaconf import OmegaConf

from segaug.errors import ConfigError
from segaug.experiment.code.deciding import HOME
from segaug.experiment.config.schema import DATASETS, MODELS, STRATEGIES, Config, Scale, blank, registered_name
from segaug.experiment.guard.entries import entries
from segaug.experiment.guard.interpolation import MARK
from segaug.results.store import Json
from segaug.results.tracker import TRACKERS
from segaug.training.protocol import Protocol

NAMED: dict[str, Mapping[str, type]] = {
    "dataset": DATASETS,
    "model": MODELS,
    "augment": STRATEGIES,
    "tracker": TRACKERS,
}
PLAIN: dict[str, type] = {"scale": Scale, "protocol": Protocol}


def code_hash() -> str:
    """Of every Python file of the installed package, by their places and bytes: here, a comment counts as well."""
    digest = sha256()
    for file in sorted(HOME.rglob("*.py")):
        digest.update(f"{file.relative_to(HOME).as_posix()}\0".encode())
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def plain_config(config: Config) -> Json:
    """A config as JSON values, with the names under which its classes are registered."""
    plain: dict[str, Any] = {field.name: getattr(config, field.name) for field in dataclasses.fields(config)}
    for group, table in NAMED.items():
        plain[group] = _plain(table, plain[group])
    if "sources" in plain["dataset"]:  # of a pooled one
        sources = config.dataset.sources
        plain["dataset"]["sources"] = {name: _plain(DATASETS, source) for name, source in sources.items()}
    return plain | {group: dataclasses.asdict(plain[group]) for group in PLAIN}


def config_of(plain: Json) -> Config:
    """The config again, checked as if it had been composed; raises ConfigError or OmegaConf's errors.

    It is data: OmegaConf would look up what a text names, and nothing that has been composed names anything.
    """
    for key, value in entries(plain):
        if isinstance(value, str) and MARK in value:
            raise ConfigError(key=key, problem=f"looks up {value[:60]!r}", fix="submit the study again")
    parts = dict(plain)
    dataset = dict(parts["dataset"])
    sources = {name: _named_object(DATASETS, source) for name, source in dataset.pop("sources", {}).items()}
    parts["dataset"] = dataset
    for group, table in NAMED.items():
        parts[group] = _named_object(table, parts[group])
    if sources:
        parts["dataset"] = parts["dataset"].with_sources(sources)
    return Config(**{**parts, **{group: _object(kind, parts[group]) for group, kind in PLAIN.items()}})


def _plain(table: Mapping[str, type], value: Any) -> Json:  # an instance of one of its classes
    return {"is": registered_name(table, value), **dataclasses.asdict(value)}


def _named_object(table: Mapping[str, type], plain: Json) -> Any:  # an instance of one of its classes
    values = dict(plain)
    return _object(table[values.pop("is")], values)


def _object(kind: type, values: Json) -> Any:  # an instance of `kind`
    return OmegaConf.to_object(OmegaConf.merge(blank(kind), values))
