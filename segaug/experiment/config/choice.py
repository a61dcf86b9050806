"""What the name of an option of a config group stands for by itself, and how options are called that differ from it."""

import dataclasses
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from segaug.augment.strategy import CONTENTS
from segaug.data.task import DESCRIPTIVE
from segaug.internals.hydra import compose_alone

CONFIG_NAME = "config"
_UNNAMED = (*DESCRIPTIVE, *CONTENTS.values())


def label(
    loader: ConfigLoader,
    group: str,
    choice: str,
    value: Any,  # an instance of one of its classes
    named: str = "",
) -> str:
    """The choice, or what it is `named`, and in brackets the options of `value` that differ from what it stands for."""
    default = _flat_option(loader, group, choice)
    changed = sorted((key, new) for key, new in _flat(value).items() if new != default.get(key))
    return (named or choice) + (f"({','.join(f'{key}={new}' for key, new in changed)})" if changed else "")


@cache  # one loader a process
def option(loader: ConfigLoader, group: str, choice: str) -> Any:  # an instance of one of its classes
    """The object that `group=choice` composes to where nothing else is said."""
    return OmegaConf.to_object(composed_option(loader, group, choice))


def kind(loader: ConfigLoader, group: str, choice: str) -> type | None:
    """The class of that object, whether or not its options are complete; None where the file names no schema."""
    return OmegaConf.get_type(composed_option(loader, group, choice))


@cache
def composed_option(loader: ConfigLoader, group: str, choice: str) -> DictConfig:
    """What `group=choice` composes to where nothing else is said."""
    composed = loader.load_configuration(CONFIG_NAME, [f"{group}={choice}"], run_mode=RunMode.RUN)
    node: DictConfig = composed[group]
    return node


@cache
def option_alone(loader: ConfigLoader, group: str, choice: str) -> DictConfig:
    """As `composed_option`, in a seventh of the time: only the file and its defaults are composed.

    One that looks something up is composed as a whole.
    """
    node: DictConfig = compose_alone(loader, f"{group}/{choice}")[group]
    looks_up = "${" in str(OmegaConf.to_container(node, resolve=False))
    return composed_option(loader, group, choice) if looks_up else node


@cache
def _flat_option(loader: ConfigLoader, group: str, choice: str) -> Mapping[str, Any]:
    return _flat(option(loader, group, choice))


def _flat(value: Any) -> dict[str, Any]:
    """The scientific options of a config object, nested ones as "a.b"."""
    return dict(_items(dataclasses.asdict(value), ""))


def _items(tree: Mapping[str, Any], prefix: str) -> Iterable[tuple[str, Any]]:
    for key, value in tree.items():
        if key in _UNNAMED:
            continue
        if isinstance(value, Mapping) and value:
            yield from _items(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
