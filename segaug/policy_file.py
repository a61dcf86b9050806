"""A policy of augmentation as a file: plain JSON that one study writes, and that trainings of another start from.

    {"segaug policy": 1, "axes": 2, "origin": {...}, "classes": {"all": {"scale": {"identity": 0.8, "0.05": 0.04}}}}

classes: all, or background and foreground, of which each has a policy of its own: in each group of options the
probability of each, to the last digit.  origin: where it comes from, for people.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from segaug.errors import ConfigError
from segaug.json_data import parse_json

ALL, BACKGROUND, FOREGROUND = "all", "background", "foreground"  # what a policy is for
CLASSES = ((ALL,), (BACKGROUND, FOREGROUND))  # of one policy, and of those that are told apart by class
Policy = Mapping[str, Mapping[str, Mapping[str, float]]]  # class -> group -> option -> probability
Table = Mapping[str, Sequence[str]]  # group -> its options, in order

_KEY = "augment.start"
_FORMAT, _VERSION = "segaug policy", 1
_MOST_BYTES = 2**20  # one with two classes of three axes has 6 KB
_ROUNDING = 1e-6  # by which the sum of a group may miss 1
_AGAIN = "write it with `segaug policy export`"


def is_file(start: str) -> bool:
    """Does `augment.start` name a file, and no start that has a name?"""
    return start.endswith(".json") or "/" in start


def policy_bytes(policy: Policy, axes: int, origin: Mapping[str, Any]) -> bytes:
    """The file; a policy that is read from it is equal bit for bit."""
    content = {_FORMAT: _VERSION, "axes": axes, "origin": origin, "classes": policy}
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def read_policy(path: str, axes: int, table: Table) -> dict[str, dict[str, dict[str, float]]]:
    """The policy in a file, its groups and options in the order of the table; raises ConfigError where it is none."""
    content = _content(path)
    if content.get("axes") != axes:
        told, fix = content.get("axes"), f"start from one of {axes} axes, or by name: augment.start=nnunet"
        raise _refusal(path, f"is a policy for images of {told} axes, and these have {axes}", fix)
    classes = _object(path, "classes", content.get("classes"))
    names = next((names for names in CLASSES if set(names) == set(classes)), None)
    if names is None:
        told = ", ".join(classes) or "none"
        raise _refusal(path, f"has the classes {told}", f"want {ALL} alone, or {BACKGROUND} and {FOREGROUND}")
    return {name: _of_class(path, name, classes[name], table) for name in names}


def _content(path: str) -> Mapping[str, Any]:
    file = Path(path).expanduser()
    try:
        if file.exists() and not file.is_file():  # a pipe would never end
            raise _refusal(path, "is no file", _AGAIN)
        if file.exists() and (size := file.stat().st_size) > _MOST_BYTES:
            raise _refusal(path, f"has {size:,} bytes, and a policy at most {_MOST_BYTES:,}", _AGAIN)
        content = parse_json(file.read_bytes())
    except OSError as error:
        raise _refusal(path, f"cannot be read ({error.strerror})", "give the path of a file that is there") from error
    except ValueError as error:
        raise _refusal(path, f"is not JSON ({error})", _AGAIN) from error
    if not isinstance(content, dict) or _FORMAT not in content:
        raise _refusal(path, f"is no policy: it has no key {_FORMAT!r}", _AGAIN)
    if content[_FORMAT] != _VERSION:
        raise _refusal(path, f"is of version {content[_FORMAT]}, this segaug reads {_VERSION}", _AGAIN)
    return content


def _of_class(path: str, name: str, told: object, table: Table) -> dict[str, dict[str, float]]:
    groups = _object(path, name, told)
    _refuse_others(path, f"{name}: group", groups, table)
    return {group: _of_group(path, f"{name}: {group}", groups[group], table[group]) for group in table}


def _of_group(path: str, place: str, told: object, options: Sequence[str]) -> dict[str, float]:
    probabilities = _object(path, place, told)
    _refuse_others(path, f"{place}: option", probabilities, options)
    for option in options:
        value = probabilities[option]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise _refusal(path, f"{place}: {option} is {json.dumps(value)[:40]}", "give it a probability from 0 to 1")
        if value < 0:
            raise _refusal(path, f"{place}: {option} has the probability {value:g}", "use 0 or more")
    found = {option: float(probabilities[option]) for option in options}
    total = math.fsum(found.values())
    if abs(total - 1) > _ROUNDING:
        raise _refusal(path, f"{place}: the probabilities sum to {total:.7g}", "make them sum to 1")
    return found


def _object(path: str, place: str, told: object) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise _refusal(path, f"{place} is {json.dumps(told)[:40]}, and no object", _AGAIN)
    return told


def _refuse_others(path: str, what: str, told: Iterable[str], wanted: Iterable[str]) -> None:
    """Names that are not of the table, and those of the table that lack."""
    told, wanted = list(told), list(wanted)
    if unknown := [name for name in told if name not in wanted]:
        raise _refusal(path, f"unknown {what} {unknown[0]!r}", f"choose from {', '.join(wanted)}")
    if lacking := [name for name in wanted if name not in told]:
        raise _refusal(path, f"lacks {what} {lacking[0]!r}", "give each its probability, 0 where it must not be drawn")


def _refusal(path: str, problem: str, fix: str) -> ConfigError:
    return ConfigError(key=_KEY, file=path, problem=problem, fix=fix)
