"""A composed configuration names no Python object: what it would have Hydra call, log through or import is refused.

Hydra itself calls whatever `_target_` names, in its launchers, sweepers and callbacks; Python's logging imports what a
handler's class or an ext:// text names, and writes into any file.  So each composed configuration is looked at before
Hydra acts on it: what Hydra calls and logs through is as installed, and nothing there is looked up elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import count
from typing import Any

from hydra.core.config_store import ConfigNode, ConfigStore
from hydra.plugins.config_source import ConfigResult
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from segaug.errors import ConfigError
from segaug.experiment.config.folders import user_dir
from segaug.experiment.guard.beside import place_beside
from segaug.experiment.guard.config_file import DataOnlySource, register_source
from segaug.experiment.guard.entries import entries
from segaug.experiment.guard.foreign_file import check_values, is_foreign
from segaug.experiment.guard.interpolation import MARK
from segaug.experiment.guard.resolution import check_resolution, nothing_resolved
from segaug.internals.hydra import CachingConfigRepository, OpenLoader, compose_sparingly, compose_through
from segaug.internals.omegaconf import parse_once

CALLING = (
    "_target_",
    "_args_",
    "_partial_",
    "_recursive_",
    "_convert_",
)  # keys by which Hydra calls what a config names
CALLED = ("hydra.launcher", "hydra.sweeper", "hydra.callbacks")
LOGGED = ("job_logging", "hydra_logging")
# Of OmegaConf, and never needed: they make lists, tables and interpolations of text.
STRUCTURE_OF_TEXT = ("oc.create", "oc.decode", "oc.deprecated", "oc.dict.keys", "oc.dict.values", "oc.select")
MAX_FILES = 1_000  # of one configuration; ours has some forty
_FIX = "leave it out; strategies, models, data sets, launchers and sweepers are chosen by name, e.g. augment=red"
_LOGGING_FIX = "leave it out; logging is chosen by name: hydra/job_logging=default, disabled, none or stdout"


class DataOnlyLoader(OpenLoader):
    """Hydra's composition, whose result is data, of files in segaug's folders and in the user's own one."""

    composing: ExitStack  # closed when a configuration is composed

    def user_folder(self) -> str | None:
        """That of `user_dir`."""
        folder = user_dir()
        return str(folder) if folder else None

    def load_configuration(
        self,
        config_name: str | None,
        overrides: list[str],
        run_mode: RunMode,
        from_shell: bool = True,
        validate_sweep_overrides: bool = True,
    ) -> DictConfig:
        """Compose; raises ConfigError naming the key that names a Python object, or grows without bound."""
        with self._composing(" ".join(overrides)[:300]):
            composed = super().load_configuration(
                config_name, overrides, run_mode, from_shell, validate_sweep_overrides
            )
        plain = OmegaConf.to_container(composed, resolve=False)
        refuse_code(plain)
        for name in LOGGED:
            choice = composed.hydra.runtime.choices.get(f"hydra/{name}")
            _refuse_other_logging(f"hydra.{name}", plain, _logging(self, f"hydra/{name}/{choice}") if choice else {})
        check_resolution(plain)
        return composed

    def load_alone(self, config_name: str) -> DictConfig:
        """As `load_configuration`, of one file and its defaults."""
        with self._composing(config_name):
            composed = super().load_alone(config_name)
        plain = OmegaConf.to_container(composed, resolve=False)
        _refuse_calls(plain)
        check_resolution(plain)
        return composed

    @contextmanager
    def _composing(self, key: str) -> Iterator[None]:
        """Whatever a file makes Hydra raise is one line by this key."""
        try:
            with ExitStack() as self.composing:
                yield
        except (
            ArithmeticError,
            AssertionError,
            ValueError,
            TypeError,
            AttributeError,
            LookupError,
            RecursionError,
        ) as error:
            problem = f"cannot be composed ({str(error).strip().partition(chr(10))[0] or type(error).__name__})"
            raise ConfigError(key=key, problem=problem, fix="see `segaug train --help`") from error

    def found_files(self, files: CachingConfigRepository) -> None:
        """Read no more than MAX_FILES of them."""
        load, asked = files.load_config, count(1)

        def bounded(config_path: str) -> ConfigResult | None:
            if next(asked) > MAX_FILES:  # files name files: twenty of them that name three others each never end
                problem = f"is one file too many: {MAX_FILES:,} are put together, each counted as often as it is named"
                raise ConfigError(key=config_path, problem=problem, fix="shorten the lists of defaults")
            return load(config_path)

        files.load_config = bounded  # type: ignore[method-assign]

    def merging(self) -> None:
        """Look nothing up before the configuration is whole."""
        self.composing.enter_context(nothing_resolved())

    def loaded_file(self, loaded: ConfigResult) -> None:
        """A user's file sets what such files may set."""
        scheme, _, file = loaded.path.partition("://")
        if scheme == DataOnlySource.scheme() and is_foreign(file):
            check_values(file, OmegaConf.to_container(loaded.config, resolve=False))
            place_beside(loaded.config, file)


def install() -> None:
    """Make Hydra compose through `DataOnlyLoader` and read files as data, and OmegaConf make no structure of text.

    For all code of this process.
    """
    register_source()
    compose_through(DataOnlyLoader)
    compose_sparingly()
    parse_once()
    for name in STRUCTURE_OF_TEXT:
        OmegaConf.clear_resolver(name)


def refuse_rerun(arguments: Sequence[str]) -> None:
    """Refuse Hydra's option that loads a pickled job; raises ConfigError."""
    words = [
        word.partition("=")[0] for word in arguments if word.startswith("--ex")
    ]  # argparse takes any unique prefix
    if any("--experimental-rerun".startswith(word) for word in words):
        fix = "repeat the command instead: finished trials are skipped"
        raise ConfigError(key="--experimental-rerun", problem="would load a pickle, which can run any code", fix=fix)


def refuse_code(composed: Any) -> None:
    """Raise ConfigError for the first key that names a Python object, or that Hydra calls, and that is not installed.

    composed: dictionaries, lists and values, unresolved.
    """
    _refuse_calls(composed)
    for name in ("env_set", "env_copy"):
        for key, _ in entries(composed["hydra"]["job"][name], f"hydra.job.{name}"):
            fix = "leave it out, and set the variable before the command: NAME=VALUE segaug ..."
            raise ConfigError(key=key, problem="would change the environment of this program", fix=fix)


def _refuse_calls(composed: Any) -> None:
    installed = set(_installed(ConfigStore.instance().repo.get("hydra", {}), "hydra"))
    for key, value in entries(composed):
        if not key.startswith(CALLED) and key.rpartition(".")[2] not in CALLING:
            continue  # before the value is looked for: not all of them can be
        if (key, value) in installed:
            continue
        if key.rpartition(".")[2] in CALLING:
            raise ConfigError(key=key, problem=f"names the Python object {value!r}", fix=_FIX)
        if key.startswith("hydra.callbacks."):
            raise ConfigError(key=key, problem="is part of a callback, which no installed package offers", fix=_FIX)
        if isinstance(value, str) and MARK in value:
            problem = f"looks up {value[:60]!r}, and Hydra calls what stands here"
            raise ConfigError(key=key, problem=problem, fix="write its value")
        if key.startswith("hydra.launcher.") and not str(value).isprintable():  # becomes a line of a batch script
            raise ConfigError(key=key, problem=f"got {value[:60]!r}", fix="write it in one line")


def _refuse_other_logging(key: str, composed: Any, installed: Mapping[str, object]) -> None:
    """Logging may import any class and write any file, so it is one of those that are installed."""
    here = dict(entries(composed["hydra"][key.rpartition(".")[2]], key))
    for entry in sorted(here.keys() | installed.keys()):
        if here.get(entry) != installed.get(entry):
            raise ConfigError(key=entry, problem="changes how Hydra logs", fix=_LOGGING_FIX)


@cache  # one loader a process
def _logging(loader: DataOnlyLoader, config_path: str) -> Mapping[str, object]:
    """The entries of an installed choice of logging."""
    choice = loader.repository.load_config(config_path)
    plain = OmegaConf.to_container(choice.config, resolve=False) if choice else {}
    return dict(entries(plain, config_path.rpartition("/")[0].replace("/", ".")))


def _installed(tree: Mapping[str, Any], key: str) -> Iterator[tuple[str, object]]:
    """Every entry, with its full key, of the launchers, sweepers and callbacks that installed code has registered."""
    for name, entry in tree.items():
        if isinstance(entry, dict):
            yield from _installed(entry, f"{key}.{name}")
        elif isinstance(entry, ConfigNode) and isinstance(entry.node, DictConfig):
            registered = entries(OmegaConf.to_container(entry.node, resolve=False), key)
            yield from ((inner, value) for inner, value in registered if isinstance(value, str))
