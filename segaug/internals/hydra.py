"""What segaug takes of Hydra beyond its public interface: composing, reading files, plugins, and splitting a sweep."""

import copy
import os
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import hydra._internal.defaults_list
import hydra._internal.hydra
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import CachingConfigRepository, ConfigRepository, IConfigRepository
from hydra._internal.config_search_path_impl import ConfigSearchPathImpl
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.core_plugins.importlib_resources_config_source import ImportlibResourcesConfigSource
from hydra._internal.defaults_list import Overrides
from hydra._internal.sources_registry import SourcesRegistry
from hydra._internal.utils import get_args_parser
from hydra.core.config_loader import ConfigLoader
from hydra.core.config_search_path import ConfigSearchPath, SearchPathQuery
from hydra.core.config_store import ConfigNode, ConfigStore
from hydra.core.default_element import InputDefault, ResultDefault
from hydra.core.override_parser.types import ChoiceSweep, Override, Quote, QuotedString
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigResult, ConfigSource
from omegaconf import DictConfig

__all__ = [
    "CORE_PLUGINS",
    "CachingConfigRepository",
    "FileSource",
    "IConfigRepository",
    "ImportlibResourcesConfigSource",
    "OpenLoader",
    "compose_alone",
    "compose_sparingly",
    "compose_through",
    "config_files",
    "jobs_of",
    "known_options",
    "let_plug_in",
    "own_folder",
    "read_files_through",
    "searching_as",
    "store_later",
    "with_own_folder",
]

CORE_PLUGINS = "hydra._internal.core_plugins."  # the package of Hydra's own plugins
_OWN = "command-line"  # who provides the folder of --config-dir, in Hydra's search path
_USER = "user"  # and the config folder of the user's, which comes after it
_SCHEMA = "schema"  # registered classes, always the last
_BARE = re.compile(r"[A-Za-z0-9_/\-+.$%*@?|(){}\[\]:=, \t\\]*")  # in Hydra's grammar, some of them escaped
_all_known_choices = hydra._internal.defaults_list._create_interpolation_map


class OpenLoader(ConfigLoaderImpl):
    """Hydra's composition, open in four places to whoever derives from it."""

    def __init__(self, config_search_path: ConfigSearchPath) -> None:
        if (folder := self.user_folder()) and all(one.provider != _USER for one in config_search_path.get_path()):
            config_search_path.prepend(_USER, f"file://{folder}", SearchPathQuery(provider=_SCHEMA))
        super().__init__(config_search_path)

    def user_folder(self) -> str | None:
        """A folder that every composition looks for files in, behind that of --config-dir; absolute."""
        return None

    def found_files(self, files: CachingConfigRepository) -> None:
        """The overrides are parsed; these are the files that are about to be read."""

    def loaded_file(self, loaded: ConfigResult) -> None:
        """A file was read, and is about to be merged."""

    def merging(self) -> None:
        """All files were found; their merging begins, and ends with the last override."""

    def load_alone(self, config_name: str) -> DictConfig:
        """Compose one file with what its list of defaults names; neither a primary config nor Hydra's own node."""
        overrides, files = self._parse_overrides_and_create_caching_repo(config_name, [])
        found = hydra._internal.defaults_list.create_defaults_list(
            repo=files, config_name=config_name, overrides_list=overrides, prepend_hydra=False, skip_missing=False
        )
        return self._compose_config_from_defaults_list(found.defaults, files)

    def _parse_overrides_and_create_caching_repo(
        self, config_name: str | None, overrides: list[str]
    ) -> tuple[list[Override], CachingConfigRepository]:
        parsed, files = super()._parse_overrides_and_create_caching_repo(config_name, overrides)
        self.found_files(files)
        return parsed, files

    def _compose_config_from_defaults_list(self, defaults: list[ResultDefault], repo: IConfigRepository) -> DictConfig:
        self.merging()
        return super()._compose_config_from_defaults_list(defaults, repo)

    def _load_single_config(self, default: ResultDefault, repo: IConfigRepository) -> ConfigResult:
        loaded = super()._load_single_config(default, repo)
        self.loaded_file(loaded)
        return loaded


class FileSource(FileConfigSource):
    """Hydra's reader of config files, which says where a file lies."""

    def file_of(self, config_path: str) -> str:
        """The file behind `group/option`."""
        return os.path.join(self.path, self._normalize_file_name(config_path))


def compose_through(loader: type[ConfigLoaderImpl]) -> None:
    """Have Hydra compose every configuration of this process with this class."""
    hydra._internal.hydra.ConfigLoaderImpl = loader  # type: ignore[misc]


def compose_alone(loader: ConfigLoader, config_name: str) -> DictConfig:
    """`OpenLoader.load_alone`, of the loader that `compose_through` has put in place of Hydra's."""
    assert isinstance(loader, OpenLoader)
    return loader.load_alone(config_name)


def compose_sparingly() -> None:
    """Have Hydra leave out two things that took a third of the time to compose, and that no configuration is made of.

    Copies of the store of registered configs, of which a process has one by design; and the choices by which a list of
    defaults looks names up, for each of the lists in which nothing is looked up.
    """
    ConfigStore.__deepcopy__ = lambda store, _: store  # type: ignore[attr-defined]
    hydra._internal.defaults_list._create_interpolation_map = _known_choices


def _known_choices(overrides: Overrides, defaults_list: list[InputDefault], self_added: bool) -> DictConfig:
    if any(default.is_interpolation() for default in defaults_list):
        return _all_known_choices(overrides, defaults_list, self_added)
    return DictConfig({})  # nobody looks into it


class _Later(ConfigNode):
    """An entry of Hydra's store whose config is made when a file first names it; the store hands out copies."""

    def __init__(self, name: str, group: str | None, make: Callable[[], DictConfig]) -> None:
        self.name, self.group, self.package, self.provider = f"{name}.yaml", group, None, None
        self._make = make

    @cached_property
    def node(self) -> DictConfig:  # type: ignore[override]
        return self._make()


def store_later(name: str, group: str | None, make: Callable[[], DictConfig]) -> None:
    """`ConfigStore.store` of what `make` gives, which nothing calls before the config is composed."""
    repo = ConfigStore.instance().repo
    (repo if group is None else repo.setdefault(group, {}))[f"{name}.yaml"] = _Later(name, group, make)


def read_files_through(*sources: type[ConfigSource]) -> None:
    """Have Hydra read config files with these classes instead of its own ones of the same schemes."""
    Plugins.instance()  # registers Hydra's own reader, which would not be replaced by `register`
    for source in sources:
        SourcesRegistry.instance().types[source.scheme()] = source


def let_plug_in(allowed: Callable[[str], bool]) -> None:
    """Have Hydra make those plugins whose class this function allows, by its full name.

    By itself it makes them only from a package named hydra_plugins, which two tools cannot both install safely.
    """
    Plugins.is_in_toplevel_plugins_module = staticmethod(allowed)  # type: ignore[method-assign, assignment]


def config_files(sources: Iterable[tuple[str, str]]) -> IConfigRepository:
    """The config files in these places, the first one before the others; sources: provider, and address."""
    path = ConfigSearchPathImpl()
    for provider, address in sources:
        path.append(provider, address)
    return CachingConfigRepository(ConfigRepository(path))


def with_own_folder(loader: ConfigLoader, folder: str) -> ConfigLoader:
    """A composition that looks for files in this folder, too: where Hydra's programs put that of --config-dir."""
    path = copy.deepcopy(loader.get_search_path())
    last = _USER if any(one.provider == _USER for one in path.get_path()) else _SCHEMA
    path.prepend(_OWN, f"file://{folder}", SearchPathQuery(provider=last))
    return _searching(loader, path)


def searching_as(loader: ConfigLoader, node: DictConfig) -> ConfigLoader:
    """The loader, looking in the folders of hydra.searchpath too; node: `hydra` of what was composed with them."""
    named = tuple(node.searchpath or ())
    if not named:
        return loader
    held: dict[tuple[str, ...], ConfigLoader] = loader.__dict__.setdefault("_searching_as", {})
    if named not in held:
        path = copy.deepcopy(loader.get_search_path())
        for place in named:
            path.prepend("hydra.searchpath", place, SearchPathQuery(provider=_SCHEMA))
        held[named] = _searching(loader, path)
    return held[named]


def _searching(loader: ConfigLoader, path: ConfigSearchPath) -> ConfigLoader:
    extended: ConfigLoader = type(loader)(config_search_path=path)  # type: ignore[call-arg]  # Hydra has one class of it
    return extended


def own_folder(config: DictConfig) -> str | None:
    """The folder of --config-dir, absolute, by a configuration that was composed with it; None without."""
    return next((source.path for source in config.hydra.runtime.config_sources if source.provider == _OWN), None)


def jobs_of(overrides: Sequence[Override]) -> list[list[str]]:
    """The words of each job of the product of these overrides."""
    for override in overrides:
        _quote(override)
    (jobs,) = BasicSweeper.split_arguments(list(overrides), max_batch_size=None)
    return [list(words) for words in jobs]


def _quote(override: Override) -> None:
    """Put what cannot stand bare in quotes again: choice(...) drops them, and Hydra's escapes know fewer characters."""
    sweep = override.value()
    if isinstance(sweep, ChoiceSweep):
        sweep.list = [
            QuotedString(value, Quote.single) if isinstance(value, str) and not _BARE.fullmatch(value) else value
            for value in sweep.list
        ]


def known_options() -> dict[str, bool]:
    """The options that a Hydra program takes, such as --cfg and -m; True: the next word is its value."""
    return {name: action.nargs is None for name, action in get_args_parser()._option_string_actions.items()}
