"""Looking up is bounded: how much the interpolations of a configuration would produce is counted beforehand.

Seven options of ten interpolations each, one level deep in the next, stand for ten million texts.  Each option is
counted once, however often it is looked up, so that counting takes no longer than reading.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from omegaconf import Container
from omegaconf.errors import InterpolationResolutionError

from segaug.errors import ConfigError
from segaug.experiment.guard.interpolation import FIX, MARK, MAX_TEXTS, RefusedTextError, looked_up
from segaug.internals.omegaconf import resolving_by

MAX_SIZE = 1_000_000  # values and characters of a configuration, everything looked up
MAX_STEPS = 60  # from option to option, and into lists and tables
LOOK_UP = 100  # what one interpolation counts as: OmegaConf parses its text again for each time
Place = tuple[str | int, ...]  # keys and indices from the root


def check_resolution(tree: Any, file: str = "") -> None:
    """Refuse, by ConfigError, what may not be looked up, what refers to itself, and what would grow too large.

    tree: the dictionaries, lists and values of a config that is not resolved.
    """
    if isinstance(tree, dict) and "hydra" in tree:  # last: it repeats the command line, and its keys say less
        tree = {**{key: value for key, value in tree.items() if key != "hydra"}, "hydra": tree["hydra"]}
    _Size(tree, file).of((), tree)


class _Size:
    """How many values and characters each option stands for."""

    def __init__(self, tree: Any, file: str) -> None:
        self.tree, self.file = tree, file
        self.variable = 1 + max(map(len, os.environ.values()), default=0)
        self.known: dict[Place, int] = {}
        self.open: set[Place] = set()  # being counted
        self.texts = 0  # characters of the texts that look something up

    def of(self, place: Place, value: object) -> int:
        """Of the value at a place."""
        if isinstance(value, str) and MARK not in value:
            return 1 + len(value)
        if not isinstance(value, str | dict | list):
            return 1
        if place in self.known:
            return self.known[place]
        if place in self.open:
            raise self._refused(place, "refers to itself", "write its value")
        if len(self.open) > MAX_STEPS:
            raise self._refused(place, f"is nested, or looked up, over more than {MAX_STEPS} steps", "write its value")
        self.open.add(place)
        size = self._text(place, value) if isinstance(value, str) else self._inner(place, value)
        self.open.remove(place)
        if size > MAX_SIZE:
            problem = f"would grow to over {MAX_SIZE:,} values and characters when its interpolations are resolved"
            raise self._refused(place or self._largest(), problem, "write it out, or look up less")
        self.known[place] = size
        return size

    def _inner(self, place: Place, value: dict[str, object] | list[object]) -> int:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return 1 + sum(self.of((*place, key), inner) for key, inner in items)

    def _text(self, place: Place, text: str) -> int:
        self.texts += len(text)
        if self.texts > MAX_TEXTS:
            raise self._refused(place, f"is one interpolation too many: {MAX_TEXTS:,} characters are taken", FIX)
        try:
            asked = looked_up(text)
        except RefusedTextError as error:
            raise self._refused(place, str(error), FIX) from error
        size = LOOK_UP + asked.length + asked.variables * self.variable
        for key in asked.options:
            target = self._find(place, key)
            if target is not None:  # else OmegaConf says what is missing, where it is asked for
                size += self.of(*target)
        return size

    def _find(self, place: Place, key: str) -> tuple[Place, Any] | None:
        """The place and value that `key` stands for where it is asked from; None if there is nothing."""
        dots = len(key) - len(key.lstrip("."))  # one: beside the asking value; each further one: a level up
        target = place[: max(0, len(place) - dots)] if dots else ()
        value = self._at(target)
        for name in re.findall(r"[^.\[\]]+", key):
            if isinstance(value, str) and MARK in value:
                raise self._refused(place, f"looks up {key!r} by way of another interpolation", "name what that names")
            step = int(name) if isinstance(value, list) and name.isdecimal() else name
            if not isinstance(value, dict | list) or step not in (
                value if isinstance(value, dict) else range(len(value))
            ):
                return None
            target, value = (*target, step), value[step]
        return target, value

    def _at(self, place: Place) -> Any:
        value = self.tree
        for key in place:
            value = value[key]
        return value

    def _largest(self) -> Place:
        top = [place for place in self.known if len(place) == 1]
        return max(top, key=self.known.__getitem__, default=())

    def _refused(self, place: Place, problem: str, fix: str) -> ConfigError:
        key = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")
        return ConfigError(key=key or "config", file=self.file, problem=problem, fix=fix)


@contextmanager
def nothing_resolved() -> Iterator[None]:
    """Inside, no interpolation is resolved: of what is not yet put together, the size is not known.

    OmegaConf also would merge into what an interpolation stands for, so that one option could write into another.
    """

    def unresolved(_: Container, *, key: object, throw_on_resolution_failure: bool, **__: object) -> None:
        if throw_on_resolution_failure:
            raise InterpolationResolutionError(f"{key} is an interpolation, which cannot be changed, only replaced")

    with resolving_by(unresolved):
        yield
