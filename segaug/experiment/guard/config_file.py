"""YAML files of the configuration are data: a file that names Python objects, or swells when read, is refused.

What a file of a user's may set is looked at when its place in the configuration is known: see `data_only.py`.
"""

import copy
import os
from functools import lru_cache

import yaml
from hydra.plugins.config_source import ConfigResult
from omegaconf import OmegaConf

from segaug.errors import ConfigError
from segaug.experiment.guard.foreign_file import check_name, is_foreign
from segaug.experiment.guard.interpolation import FIX, MARK, MAX_TEXTS, RefusedTextError, looked_up
from segaug.experiment.guard.resolution import check_resolution
from segaug.internals.hydra import FileSource, ImportlibResourcesConfigSource, read_files_through

TARGET = "_target_"  # the key by which Hydra calls whatever Python object a file names
MAX_BYTES, MAX_NODES, MAX_DEPTH = 1_000_000, 100_000, 40  # nodes: after its aliases are filled in
PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "seq", "map")}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DATA = "a configuration is data: choose strategies, models and data sets by their names"


class DataOnlySource(FileSource):
    """Hydra's reader of config files, which looks at each file before it is parsed to a config."""

    def load_config(self, config_path: str) -> ConfigResult:
        """One file of a config group; raises ConfigError naming the file where it is not plain data."""
        path = os.path.realpath(self.file_of(config_path))
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read(MAX_BYTES + 1)
            check_text(path, text)
            if is_foreign(path):
                check_name(path, config_path)
            result = copy.deepcopy(_parsed(self.provider, self.path, config_path, text))
            if OmegaConf.is_config(result.config):
                check_resolution(OmegaConf.to_container(result.config, resolve=False), path)
            result.path = f"{self.scheme()}://{path}"  # of the file, where Hydra has its folder
            return result
        except yaml.YAMLError as error:
            raise _invalid(path, error) from error
        except (OSError, ValueError) as error:
            raise _refused(path, f"cannot be read ({error})", "write `key: value` lines as UTF-8 text") from error


class InstalledSource(ImportlibResourcesConfigSource):
    """Hydra's reader of config files in Python packages, which it imports: those that plugins name, not users."""

    def __init__(self, provider: str, path: str) -> None:
        if provider in ("main", "command-line") or provider.startswith("hydra.searchpath"):
            fix = "give the folder instead: 'hydra.searchpath=[file:///path/to/folder]'"
            key = provider if provider.startswith("hydra.searchpath") else "--config-path"
            raise ConfigError(key=key, problem=f"would import the Python package {path!r}", fix=fix)
        super().__init__(provider=provider, path=path)

    def load_config(self, config_path: str) -> ConfigResult:
        """One file of an installed package, read once a process."""
        return copy.deepcopy(_installed(self.provider, self.path, config_path))


def register_source() -> None:
    """Make Hydra read every file through `DataOnlySource`, and no package that a user names."""
    read_files_through(DataOnlySource, InstalledSource)


@lru_cache(maxsize=512)  # a sweep loads the same files for each combination
def _parsed(provider: str, folder: str, config_path: str, text: str) -> ConfigResult:
    """What Hydra makes of a file, which held `text` when it was looked at."""
    result: ConfigResult = FileSource(provider, folder).load_config(config_path)
    return result


@lru_cache(maxsize=512)
def _installed(provider: str, package: str, config_path: str) -> ConfigResult:
    result: ConfigResult = ImportlibResourcesConfigSource(provider, f"pkg://{package}").load_config(config_path)
    return result


@lru_cache(maxsize=512)
def check_text(path: str, text: str) -> None:
    """Refuse tags, `_target_`, what may not be looked up, and what would fill the memory; builds nothing."""
    if len(text) > MAX_BYTES:
        raise _refused(path, f"has more than {MAX_BYTES:,} characters", "keep data out of the configuration")
    grown = _Grown(path)
    looking_up = 0  # characters
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.NodeEvent):
                _check_node(path, event)
            if isinstance(event, yaml.ScalarEvent) and MARK in event.value:
                looking_up += len(event.value)
                _check_looked_up(path, event, looking_up)
            grown.add(event)
    except yaml.YAMLError as error:
        raise _invalid(path, error) from error


class _Grown:
    """How many values a file has, each alias counted as often as it is filled in."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.open: list[tuple[str | None, int]] = []  # anchor, and values so far, of each collection not yet closed
        self.sizes: dict[str, int] = {}  # by anchor

    def add(self, event: yaml.Event) -> None:
        """Count one event."""
        if isinstance(event, yaml.CollectionStartEvent):
            self.open.append((event.anchor, 1))
            if len(self.open) > MAX_DEPTH:
                raise _refused(self.path, f"is nested deeper than {MAX_DEPTH} levels", "flatten it", event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._closed(*self.open.pop(), event)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.sizes:
                problem = f"has the alias *{event.anchor} of nothing, or of itself"
                raise _refused(self.path, problem, "write it out", event)
            self._closed(None, self.sizes[event.anchor], event)
        elif isinstance(event, yaml.ScalarEvent):
            self._closed(event.anchor, 1, event)

    def _closed(self, anchor: str | None, size: int, event: yaml.Event) -> None:
        if anchor is not None:
            self.sizes[anchor] = size
        if not self.open:
            return
        outer, before = self.open[-1]
        self.open[-1] = (outer, before + size)
        if before + size > MAX_NODES:
            raise _refused(self.path, f"grows to over {MAX_NODES:,} values", "use fewer aliases", event)


def _check_node(path: str, event: yaml.NodeEvent) -> None:
    tag = getattr(event, "tag", None)
    if tag not in (None, "!") and tag not in PLAIN:
        raise _refused(path, f"has the tag {tag!r}, which stands for a Python object", _DATA, event)
    if isinstance(event, yaml.ScalarEvent) and TARGET in event.value:
        raise _refused(path, f"has {TARGET}, which names a Python object to call", _DATA, event)


def _check_looked_up(path: str, event: yaml.ScalarEvent, characters: int) -> None:
    if characters > MAX_TEXTS:
        problem = f"is one interpolation too many: {MAX_TEXTS:,} characters are taken"
        raise _refused(path, problem, "write the values", event)
    try:
        looked_up(event.value)
    except RefusedTextError as error:
        raise _refused(path, str(error), FIX, event) from error


def _refused(path: str, problem: str, fix: str, event: yaml.Event | None = None) -> ConfigError:
    place = "config" if event is None else f"line {event.start_mark.line + 1}"
    return ConfigError(key=place, file=path, problem=problem, fix=fix)


def _invalid(path: str, error: yaml.YAMLError) -> ConfigError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    where = "" if mark is None else f" in line {mark.line + 1}"
    return _refused(path, f"is no valid YAML ({problem}{where})", "correct it")
