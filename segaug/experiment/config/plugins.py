"""Strategies, models and kinds of data sets in installed packages of others, found by their entry points.

A package names its classes in its pyproject.toml, and ships a folder `conf` with a file for each of them:

    [project.entry-points."segaug.strategies"]
    blur = "segaug_blur.strategy:Blur"          # and segaug_blur/conf/augment/blur.yaml

Who they are is read from metadata, without importing them: tab completion and `doctor` ask that.
"""

import dataclasses
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from omegaconf import OmegaConf

ENTRIES = {"augment": "segaug.strategies", "model": "segaug.models", "dataset": "segaug.datasets"}
"""Config group -> the group of entry points."""


@dataclass(frozen=True)
class Plugin:
    """One class of a package."""

    group: str  # of the configuration
    name: str
    place: str  # module:Class
    package: str  # as pip calls it
    version: str
    entry: EntryPoint = dataclasses.field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.group}={self.name} of {self.package} {self.version}"


@dataclass(frozen=True)
class Refused:
    """A plugin that is not offered, and why."""

    plugin: Plugin
    reason: str

    def __str__(self) -> str:
        return f"{self.plugin} is not offered: {self.reason}"


def plugins() -> list[Plugin]:
    """All of this installation, by group and name."""
    path = tuple(sys.path)
    found = [_plugin(group, entry) for group, name in ENTRIES.items() for entry in _entries(name, path)]
    return sorted(found, key=lambda plugin: (plugin.group, plugin.name, plugin.package))


@cache  # reading what all packages say of themselves takes longer than most of what is asked of it
def _entries(group: str, _: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """Of all packages on this path."""
    return tuple(entry_points(group=group))


def plugin_conf_dirs() -> list[Path]:
    """The folder `conf` of each package that has plugins and ships one; nothing is imported."""
    packages = dict.fromkeys(plugin.place.partition(":")[0].partition(".")[0] for plugin in plugins())
    return [folder for package in packages if (folder := _conf_of(package))]


@cache
def plugged(group: str, installed: tuple[str, ...]) -> tuple[Mapping[str, type], tuple[Refused, ...]]:
    """The classes of the plugins of a config group by name, and those that are not offered.

    installed: names of segaug's own.  Imports the plugins; one that cannot be imported costs itself alone.
    """
    taken: dict[str, type] = {}
    refused: list[Refused] = []
    for plugin in plugins():
        if plugin.group != group:
            continue
        if plugin.name in installed or plugin.name in taken:
            whose = "segaug has" if plugin.name in installed else "another package has"
            refused.append(Refused(plugin, f"{whose} {group}={plugin.name}; its package has to use another name"))
            continue
        try:
            taken[plugin.name] = _class(plugin)
        except (Exception, SystemExit) as error:  # whatever the code of somebody else raises
            first = str(error).strip().partition("\n")[0]
            told = f"{plugin.place} cannot be used ({type(error).__name__}{first and ': '}{first})"
            refused.append(Refused(plugin, f"{told}; mend {plugin.package}, or pip uninstall it"))
    return taken, tuple(refused)


def versions(modules: set[str]) -> dict[str, str]:
    """Package -> version of the plugins that these modules are of."""
    packages = {module.partition(".")[0] for module in modules}
    return {
        plugin.package: plugin.version for plugin in plugins() if plugin.place.split(":")[0].split(".")[0] in packages
    }


def _plugin(group: str, entry: EntryPoint) -> Plugin:
    package, version = (entry.dist.name, entry.dist.version) if entry.dist else ("?", "?")
    return Plugin(group, entry.name, entry.value, package, version, entry)


def _conf_of(package: str) -> Path | None:
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):  # half removed: importing it will say so
        return None
    folders = [Path(place) / "conf" for place in (spec and spec.submodule_search_locations) or ()]
    return next((folder for folder in folders if folder.is_dir()), None)


def _class(plugin: Plugin) -> type:
    """Its class; raises whatever importing raises, and TypeError where it cannot be a part of a configuration."""
    kind = plugin.entry.load()
    if not isinstance(kind, type) or not dataclasses.is_dataclass(kind):
        raise TypeError("is no dataclass")
    OmegaConf.structured(kind)
    return kind
