"""A composed configuration names no Python object: what it would have Hydra call, log through or import is refused.

Hydra itself calls whatever `_target_` names, in its launchers, sweepers and callbacks; Python's logging imports what a
handler's class or an ext:// text names.  So each composed configuration is looked at before Hydra acts on it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import hydra._internal.hydra
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.config_store import ConfigNode, ConfigStore
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from segaug.errors import ConfigError
from segaug.experiment.config_file import TARGET, register_source

LOGGED_THROUGH = {
    "logging.StreamHandler",
    "logging.FileHandler",
    "logging.NullHandler",
    "colorlog.ColoredFormatter",
    "ext://sys.stdout",
    "ext://sys.stderr",
    "${hydra.runtime.output_dir}/${hydra.job.name}.log",  # the name of a file, in Hydra's own default
}
_LOGGING = ("hydra.job_logging", "hydra.hydra_logging")
_FIX = "leave it out; strategies, models, data sets, launchers and sweepers are chosen by name, e.g. augment=red"


class DataOnlyLoader(ConfigLoaderImpl):
    """Hydra's composition, whose result is data."""

    def load_configuration(
        self,
        config_name: str | None,
        overrides: list[str],
        run_mode: RunMode,
        from_shell: bool = True,
        validate_sweep_overrides: bool = True,
    ) -> DictConfig:
        """Compose; raises ConfigError naming the key that names a Python object."""
        _refuse_packages(overrides)
        try:
            composed = super().load_configuration(
                config_name, overrides, run_mode, from_shell, validate_sweep_overrides
            )
        except (AssertionError, ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            problem = f"cannot be composed ({str(error).strip().partition(chr(10))[0] or type(error).__name__})"
            raise ConfigError(
                key=" ".join(overrides)[:300], problem=problem, fix="see `segaug train --help`"
            ) from error
        refuse_code(composed)
        return composed


def install() -> None:
    """Make Hydra compose through `DataOnlyLoader` and read files as data."""
    register_source()
    hydra._internal.hydra.ConfigLoaderImpl = DataOnlyLoader  # type: ignore[misc]


def refuse_rerun(arguments: Sequence[str]) -> None:
    """Refuse Hydra's option that loads a pickled job; raises ConfigError."""
    words = [
        word.partition("=")[0] for word in arguments if word.startswith("--ex")
    ]  # argparse takes any unique prefix
    if any("--experimental-rerun".startswith(word) for word in words):
        fix = "repeat the command instead: finished trials are skipped"
        raise ConfigError(key="--experimental-rerun", problem="would load a pickle, which can run any code", fix=fix)


def refuse_code(composed: DictConfig) -> None:
    """Raise ConfigError for the first key that names a Python object outside of Hydra's registered plugins."""
    registered = set(_registered(ConfigStore.instance().repo.get("hydra", {})))
    for key, value in _entries(OmegaConf.to_container(composed, resolve=False), ""):
        name = key.rpartition(".")[2]
        if name == TARGET and value not in registered:
            raise ConfigError(key=key, problem=f"names the Python object {value!r}", fix=_FIX)
        if key.startswith(_LOGGING) and _imports(name, value) and value not in LOGGED_THROUGH:
            fix = f"use one of {', '.join(sorted(LOGGED_THROUGH))}"
            raise ConfigError(key=key, problem=f"has logging import {value!r}", fix=fix)


def _refuse_packages(overrides: Sequence[str]) -> None:
    for word in overrides:
        if word.lstrip("+~").startswith("hydra.searchpath") and "pkg:" in word:
            fix = "give the folder instead: 'hydra.searchpath=[file:///path/to/folder]'"
            raise ConfigError(key="hydra.searchpath", problem="would import a Python package", fix=fix)


def _imports(name: str, value: object) -> bool:
    """Does Python's logging import what this entry names?"""
    return name in ("class", "()") or (isinstance(value, str) and ("://" in value or "${" in value))


def _registered(tree: dict[str, Any]) -> Iterator[object]:
    """Every target that installed code has registered with Hydra: its launchers and sweepers, and their parts."""
    for entry in tree.values():
        if isinstance(entry, dict):
            yield from _registered(entry)
        elif isinstance(entry, ConfigNode) and isinstance(entry.node, DictConfig):
            plain = OmegaConf.to_container(entry.node, resolve=False)
            yield from (value for key, value in _entries(plain, "") if key.rpartition(".")[2] == TARGET)


def _entries(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Every value that is no mapping and no list, with its full key."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _entries(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _entries(inner, f"{key}[{place}]")
    else:
        yield key, value
