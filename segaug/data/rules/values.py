"""What the numbers of a mask mean: which are a structure, and which are background.

A grey pixel of a mask in colour has its grey value; every other colour has a number of its own, above all grey values.
So does what is above zero, where the numbers of a mask count objects.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from segaug.errors import ConfigError

KEY = "dataset.structures"
IGNORE = "dataset.ignore"
ABOVE_ZERO = 1 << 30  # stands for every value above 0
_COLOURED = 1 << 24  # and the three bytes of a colour
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

Value = int | str  # a number, or a colour that is not grey, as "#ff0000"


def tidy_structures(structures: Mapping[str, Any], key: str = KEY) -> dict[str, list[Value]]:
    """The option as it is kept, from what can be typed: one value or a list of them, numbers or colours."""
    return {str(name): tidy_values(values, f"{key}.{name}") for name, values in structures.items()}


def tidy_values(values: Any, key: str) -> list[Value]:  # whatever a config file holds
    """A list of numbers, and of those colours that are not grey."""
    return [_value(value, key) for value in (values if isinstance(values, list | tuple) else [values])]


def _value(value: Any, key: str) -> Value:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _COLOUR.fullmatch(value):
        number = code(value)
        return value.lower() if number & _COLOURED else number
    fix = f"use mask values or colours, e.g. {key}=1, '{key}=[1,255]' or '{key}=\"#ff0000\"'"
    raise ConfigError(key=key, problem=f"got {value!r}", fix=fix)


def code(value: Value) -> int:
    """The number that pixels of this value have."""
    return (
        value
        if isinstance(value, int)
        else int(codes(np.array([[int(value[at : at + 2], 16) for at in (1, 3, 5)]]))[0])
    )


def codes(colours: np.ndarray) -> np.ndarray:
    """The numbers (...) of the pixels (..., 3) of a mask in colour; of a grey one its values, as they are."""
    if (colours == colours[..., :1]).all():
        return np.ascontiguousarray(colours[..., 0])
    red, green, blue = np.moveaxis(colours.astype(np.int64), -1, 0)
    grey = (red == green) & (green == blue)
    return np.where(grey, red, _COLOURED | red << 16 | green << 8 | blue)


def is_colour(number: int) -> bool:
    """Is it the number of a colour that is not grey?"""
    return number & ~0xFFFFFF == _COLOURED


def text(number: int) -> str:
    """How it is shown."""
    return f"#{number & 0xFFFFFF:06x}" if is_colour(number) else str(number)


@dataclass(frozen=True, kw_only=True)
class Values:
    """The meaning of the values of a data set's masks."""

    structures: Mapping[str, Sequence[Value]]  # name -> the values that make it up
    background: Sequence[Value]
    above_zero: bool  # every value above 0 that is no background is of the one structure that is chosen
    ignore: Sequence[Value] = ()  # of pixels that count for nothing

    def foreground(self, names: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Numbers of each of these structures."""
        if self.above_zero:
            return ((ABOVE_ZERO,),)
        return tuple(tuple(sorted({code(value) for value in self.structures[name]})) for name in names)

    def allowed(self) -> tuple[int, ...]:
        """Numbers of all structures, of the background and of what is ignored."""
        inside = () if self.above_zero else tuple(self.structures.values())
        numbers = {code(value) for values in (self.background, self.ignore, *inside) for value in values}
        return tuple(sorted(numbers | ({ABOVE_ZERO} if self.above_zero else set())))

    def ignored(self) -> tuple[int, ...]:
        """Numbers of pixels that count for nothing."""
        return tuple(sorted({code(value) for value in self.ignore}))

    def check_ignored(self, names: Sequence[str]) -> None:
        """Raise ConfigError where an ignored value is background as well, or of one of these structures."""
        of = dict.fromkeys(map(code, self.background), "dataset.background")
        if not self.above_zero:
            of |= {code(value): f"{KEY}.{name}" for name in names for value in self.structures[name]}
        for number in self.ignored():
            if number in of:
                problem, fix = f"{text(number)} is in {of[number]} as well", "leave it in one of them"
                raise ConfigError(key=IGNORE, problem=problem, fix=fix)

    @property
    def nothing(self) -> int:
        """The number of what is outside all structures: the smallest of background."""
        return min(map(code, self.background), default=0)

    def alike(self, mask: np.ndarray) -> np.ndarray:
        """The same mask with one number, the smallest, for all that are of the same structures; so for background.

        So, too, for all that is ignored.
        """
        if self.above_zero:
            return mask
        of: dict[int, list[str] | None] = {
            number: [name for name in self.structures if number in self.foreground([name])[0]]
            for number in self.allowed()
        }
        of |= dict.fromkeys(self.ignored())
        smallest = {number: min(other for other in of if of[other] == of[number]) for number in of}
        same = mask.astype(np.int64)
        for number, other in smallest.items():
            same[mask == number] = other
        return same


def joined(mask: np.ndarray, allowed: Sequence[int]) -> np.ndarray:
    """A mask in which all values above 0 have become one, where that is asked for."""
    if ABOVE_ZERO not in allowed:
        return mask
    return np.where((mask > 0) & ~np.isin(mask, allowed), ABOVE_ZERO, mask.astype(np.int64))
