"""Which structures of a data set a task segments: one, by its name; several, by a list of names; or all."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import combinations
from typing import Any

from segaug.errors import ConfigError
from segaug.name import is_name

ALL = "all"
KEY = "dataset.structure"
Declared = Mapping[str, Sequence[int]]  # name -> the mask values that make it up


def tidy(structure: Any) -> str | list[str]:  # whatever a config file holds
    """The option as it is kept: texts, and the name alone where a list has only one.

    Numbers are names as well: a config file has no quotes around a structure called 1.
    """
    names = structure if isinstance(structure, list | tuple) else [structure]
    if not all(isinstance(name, str | int | float) for name in names):
        raise ConfigError(key=KEY, problem=f"got {structure!r}", fix="use a name, a list of names, or all")
    texts = [str(name) for name in names]
    return texts[0] if len(texts) == 1 else texts


def chosen(structure: str | list[str], declared: Declared) -> tuple[str, ...]:
    """Names of the structures, in the order of their channels; of `all`, that of the declaration.

    Raises ConfigError where they are unknown, or several that cannot be told apart.
    """
    names = _all(declared) if structure == ALL and ALL not in declared else _named(structure, declared)
    for name in names:
        if not is_name(name):
            fix = "rename it with printable characters"
            raise ConfigError(
                key="dataset.structures", problem=f"{name!r} is empty or holds a control character", fix=fix
            )
    if len(names) > 1:
        _check_names(names)
        _check_apart(names, declared)
    return names


def _all(declared: Declared) -> tuple[str, ...]:
    if len(declared) == 1:
        (only,) = declared
        problem = f"all means several structures, and the data set has just the one: {only}"
        raise ConfigError(key=KEY, problem=problem, fix=f"use {KEY}={only}")
    return tuple(declared) or _named(ALL, declared)


def _named(structure: str | list[str], declared: Declared) -> tuple[str, ...]:
    names = (structure,) if isinstance(structure, str) else tuple(structure)
    choice = f"choose from: {', '.join(declared) or '(none in dataset.structures)'}"
    if not names:
        raise ConfigError(key=KEY, problem="is an empty list", fix=choice)
    for place, name in enumerate(names):
        if name not in declared:
            near = get_close_matches(name, declared, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise ConfigError(key=KEY, problem=f"unknown structure {name!r}", fix=hint + choice)
        if name in names[:place]:
            raise ConfigError(key=KEY, problem=f"names {name} twice", fix="name each structure once")
    return names


def _check_names(names: tuple[str, ...]) -> None:
    """Measures of one of several structures are named after it, as in dice/rv, and keys stand in lists."""
    for name in names:
        if not name or not name.isprintable() or set(name) & set("/,="):
            problem = f"{name!r} cannot be one of several structures, since measures are named after it, as in dice/rv"
            raise ConfigError(key="dataset.structures", problem=problem, fix="rename it, without / , = and line breaks")


def _check_apart(names: tuple[str, ...], declared: Declared) -> None:
    for first, second in combinations(names, 2):
        if shared := set(declared[first]) & set(declared[second]):
            problem = f"{first} and {second} overlap: both have the mask value {min(shared)}"
            example = _apart(declared)
            fix = "name structures that are apart"
            fix += f", e.g. {KEY}=[{','.join(example)}]" if len(example) > 1 else ""
            raise ConfigError(key=KEY, problem=problem, fix=fix)


def _apart(declared: Declared) -> list[str]:
    """Structures that can be chosen together: as many as are found by taking the smallest first."""
    taken: set[int] = set()
    kept = []
    for name in sorted(declared, key=lambda name: len(declared[name])):
        if declared[name] and not taken & set(declared[name]):
            taken |= set(declared[name])
            kept.append(name)
    return [name for name in declared if name in kept]
