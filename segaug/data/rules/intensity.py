"""Which stored values of an image become 0 and 1."""

import math
from dataclasses import dataclass

import numpy as np

from segaug.errors import ConfigError

KEY = "dataset.intensity"
HOW = ("auto", "minmax", "percentile", "window")
LOW, HIGH = 0.5, 99.5  # percentiles
HOUNSFIELD = "HU"  # `Case.unit` of CT
WINDOW_OF_CT = "'dataset.intensity.window=[-160,240]' (soft tissue), [-1000,400] (lung) or [-500,1300] (bone)"


@dataclass(frozen=True, kw_only=True)
class Intensity:
    """From stored values to 0..1: what is `low` or below becomes 0, what is `high` or above 1, linear between them.

    auto: images of 8 bits span their own smallest to largest value; of others it is `percentile`.  A `window` that is
    given is used, and so are percentiles.
    """

    how: str = "auto"  # auto | minmax | percentile | window
    low: float = LOW  # percentile
    high: float = HIGH
    window: list[float] | None = None  # [low, high] as stored, the same for all images
    per: str = "image"  # image | volume: whose values are looked at, where the image is a slice

    def __post_init__(self) -> None:
        for key, choice in (("how", HOW), ("per", ("image", "volume"))):
            if getattr(self, key) not in choice:
                raise _wrong(key, f"got {getattr(self, key)}", f"choose from: {', '.join(choice)}")
        if self.how == "auto" and (self.window is not None or self._own_percentiles):
            object.__setattr__(self, "how", "percentile" if self.window is None else "window")
        self._check_window()
        if not 0 <= self.low < self.high <= 100:
            problem = f"the percentiles {self.low:g} and {self.high:g} are no range"
            raise _wrong("low", problem, f"use 0 <= low < high <= 100; {LOW} and {HIGH} are the default")
        if self._own_percentiles and self.how != "percentile":
            problem = f"percentiles are set, and {KEY}.how is {self.how}"
            raise _wrong("low", problem, f"leave them out, or set {KEY}.how=percentile")

    @property
    def _own_percentiles(self) -> bool:
        return (self.low, self.high) != (LOW, HIGH)

    def _check_window(self) -> None:
        if (self.window is not None) != (self.how == "window"):
            problem = "is not set" if self.window is None else f"is set, and {KEY}.how is {self.how}"
            raise _wrong("window", problem, f"set '{KEY}.window=[low,high]' together with {KEY}.how=window, or neither")
        if self.window is None:
            return
        if len(self.window) != 2 or not all(map(math.isfinite, self.window)) or self.window[0] >= self.window[1]:
            raise _wrong("window", f"got {self.window}", "use two numbers, the lower one first, e.g. [-160,240]")

    def needs_window(self, unit: str) -> bool:
        """Are these values of a unit of which a choice must be made by name?"""
        return self.how == "auto" and unit == HOUNSFIELD

    def spans(self, stored: np.dtype) -> bool:
        """Is it the own smallest to largest value of images that are stored so?"""
        return self.how == "minmax" or (self.how == "auto" and is_8_bit(stored))

    def limits(self, values: np.ndarray) -> tuple[float, float]:
        """The stored values that become 0 and 1, of an image or of a whole volume (any shape) as it is stored.

        Where nearly all values are equal, percentiles are no range, and it is the smallest to the largest value.
        """
        if self.window is not None:
            return self.window[0], self.window[1]
        whole = (float(values.min()), float(values.max()))
        if self.spans(values.dtype):
            return whole
        low, high = (float(bound) for bound in np.percentile(values, [self.low, self.high]))
        return (low, high) if low < high else whole


def is_8_bit(stored: np.dtype) -> bool:
    """May the values be 0..255 and no others?"""
    return stored in (np.dtype(np.uint8), np.dtype(bool))


def ct_without_window() -> ConfigError:
    """What to say of CT for which nothing was chosen."""
    problem = "the images are CT in Hounsfield units, of which no window suits all organs"
    return ConfigError(key=KEY, problem=problem, fix=f"choose one: {WINDOW_OF_CT}")


def _wrong(key: str, problem: str, fix: str) -> ConfigError:
    return ConfigError(key=f"{KEY}.{key}", problem=problem, fix=fix)
