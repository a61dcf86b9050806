"""Do the options of a config have to do with each other?  Then a sweep over them must compose each job as a whole."""

import re
from collections.abc import Iterable

from hydra.core.default_element import ConfigDefault, InputDefault
from omegaconf import DictConfig

from segaug.internals.hydra import IConfigRepository, config_files
from segaug.internals.omegaconf import unresolved

SETTLED_LATER = ("hydra", "output")  # the folder of a sweep is that of its launcher
OTHER_OPTION = re.compile(r"\$\{(?!oc\.env:)")  # an interpolation, unless it asks the environment


def looks_elsewhere(composed: DictConfig) -> bool:
    """Does any value depend on another option, as in `length: ${scale.size}`?"""
    return any(
        OTHER_OPTION.search(text)
        for key in composed
        if key not in SETTLED_LATER
        for text in _texts(unresolved(composed, str(key)))
    )


def files_of(composed: DictConfig) -> IConfigRepository:
    """The files that a config was composed from, those of hydra.searchpath included."""
    sources = composed.hydra.runtime.config_sources
    return config_files((source.provider, f"{source.schema}://{source.path}") for source in sources if source.path)


def reaches_out(files: IConfigRepository, group: str, choice: str | None) -> bool:
    """Does the file behind `group=choice` set anything outside of its group?"""
    loaded = files.load_config(f"{group}/{choice}") if choice else None
    if loaded is None or loaded.header.get("package") not in (None, group, "_group_"):
        return True
    return any(
        _parent_reaches_out(files, group, default) for default in loaded.defaults_list or () if not default.is_self()
    )


def _parent_reaches_out(files: IConfigRepository, group: str, default: InputDefault) -> bool:
    """Is it anything but the plain name of a file of the same group, which itself does not reach out?"""
    if not isinstance(default, ConfigDefault) or default.package is not None or default.path is None:
        return True
    if default.path.startswith("base_"):  # a schema: values of one group
        return False
    return "/" in default.path or "${" in default.path or reaches_out(files, group, default.path)


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
