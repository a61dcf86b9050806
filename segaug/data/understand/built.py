"""A data set of a kind from plain options, and the images that it lists."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import ConfigKeyError, OmegaConfBaseException

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.kinds.arrays import Arrays
from segaug.data.kinds.contours import Contours
from segaug.data.kinds.folder import Folder
from segaug.data.kinds.stored import Stored
from segaug.data.kinds.volumes import Volumes
from segaug.errors import ConfigError, DataError

KINDS: dict[str, type[Stored]] = {"folder": Folder, "volumes": Volumes, "arrays": Arrays, "contours": Contours}
_MEANT = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a mapping, e.g. {a: b}",
    list: "a list, e.g. [a, b]",
}


def built(kind: str, options: Mapping[str, Any]) -> Stored:
    """The data set.  Raises ConfigError where an option is unknown, or is wrong."""
    node = _filled(kind, options)
    try:
        dataset = OmegaConf.to_object(node)
    except OmegaConfBaseException as error:  # such as a variable that is nowhere, or a number in place of a folder
        key = f"--set {error.full_key}" if error.full_key else "--set"
        fix = "correct what was set; ${...} stands for another option"
        raise ConfigError(key=key, problem=str(error).splitlines()[0], fix=fix) from error
    assert isinstance(dataset, Stored)
    return dataset


def typed(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The same options with values of the types that the kind asks for.  Raises ConfigError where one is not."""
    return _picked(options, OmegaConf.to_container(_filled(kind, options), resolve=False))


def _picked(options: Mapping[str, Any], found: Any) -> dict[str, Any]:
    return {
        key: _picked(value, found[key]) if isinstance(value, Mapping) else found[key] for key, value in options.items()
    }


def _filled(kind: str, options: Mapping[str, Any]) -> DictConfig:
    """The defaults of a kind with these options in them."""
    known = {field.name for field in fields(KINDS[kind])}
    node: DictConfig = OmegaConf.structured(KINDS[kind])
    for inner in (node, *node.values()):
        if isinstance(inner, DictConfig):
            OmegaConf.set_readonly(inner, False)  # nodes of frozen classes are
    for key, value in options.items():
        if key not in known:
            fix = f"choose from: {_listed(known)}"
            raise ConfigError(key=f"--set {key}", problem=f"is no option of the kind {kind}", fix=fix)
        try:
            node.merge_with({key: value})
        except OmegaConfBaseException as error:
            raise _wrong(KINDS[kind], key, value, error) from error
    return node


def _wrong(kind: type[Stored], key: str, value: Any, error: OmegaConfBaseException) -> ConfigError:
    """What to say of a value of another type than its option."""
    full = str(error.full_key or key)
    outer = error.object_type if full != key and is_dataclass(error.object_type) else kind
    if isinstance(error, ConfigKeyError) and outer is not kind:
        fix = f"choose from: {_listed({field.name for field in fields(outer)})}"
        return ConfigError(key=f"--set {full}", problem="there is no such option", fix=fix)
    hint = get_type_hints(outer)[full.rpartition(".")[2] if outer is not kind else key]
    if is_dataclass(hint):
        fix = f"set one of its options: {', '.join(f'{key}.{field.name}' for field in fields(hint))}"
    else:
        types = (hint, get_origin(hint), *get_args(hint))
        fix = f"give {next((words for one, words in _MEANT.items() if one in types), 'a text')}"
    held = value.get(full.rpartition(".")[2], value) if isinstance(value, Mapping) else value
    return ConfigError(key=f"--set {full}", problem=f"got {held!r}", fix=fix)


def listed(dataset: Any) -> tuple[list[FileCase], list[DataError]]:  # Stored leaves `cases` to its kinds
    """All images that it finds, and what is wrong with others."""
    try:
        return list(dataset.cases()), []
    except IncompleteDatasetError as error:
        return [case for case in error.cases if isinstance(case, FileCase)], error.problems


def _listed(known: set[str]) -> str:
    return ", ".join(sorted(known))
