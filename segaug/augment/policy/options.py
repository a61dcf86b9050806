"""The one table of groups, options and laws that all policies draw from, for any number of spatial axes.

50 options in 12 groups for two axes, 62 in 15 for three.  Source: Li et al. (2023), IEEE TMI, and their released code;
the two-dimensional table is ours: one plane of rotation, two mirrors, all else the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Law = Literal["factor", "signed", "size", "certain"]
"""What a magnitude r does: multiplies by 1 + r or 1 / (1 + r), with equal chance; acts as r or -r, with equal chance;
acts as r itself; does not exist."""

IDENTITY = "identity"
TURN = "90"  # of a rotation: exactly a quarter, in either direction


@dataclass(frozen=True)
class Option:
    """One choice of a group; its magnitude is drawn from U(low, high), in the unit of the group."""

    name: str
    middle: float = 0.0  # the magnitude where none is drawn: at test time
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Group:
    """Options that exclude each other; the first is the identity."""

    name: str
    options: tuple[Option, ...]
    law: Law

    def __len__(self) -> int:
        return len(self.options)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its options."""
        return tuple(option.name for option in self.options)


def planes(axes: int) -> dict[str, tuple[int, int]]:
    """Groups of rotations, with the two axes that each of them turns."""
    if axes == 2:
        return {"rotation": (0, 1)}
    return {"rotation_frontal": (1, 2), "rotation_sagittal": (0, 2), "rotation_longitudinal": (0, 1)}


def mirrors(axes: int) -> dict[str, int]:
    """Groups of mirrors, with the axis along which each of them reverses the pixels."""
    names = ("rows", "columns") if axes == 2 else ("sagittal", "frontal", "axial")
    return {f"mirror_{name}": axis for axis, name in enumerate(names)}


@lru_cache
def groups(axes: int) -> tuple[Group, ...]:
    """All groups, in the order of the logits."""
    if axes not in (2, 3):
        raise ValueError(f"policies are written for 2 or 3 axes, not {axes}")
    sharpened = _options((0.9, 0.7, 0.5), 0.1, "sharpen_")
    return (
        _group("scale", "factor", _options((0.05, 0.15, 0.25, 0.35, 0.45), 0.05)),
        *(_group(name, "signed", (*_options((5, 15, 25), 5), Option(TURN, 90, 90, 90))) for name in planes(axes)),
        *(_group(name, "certain", (Option("flip"),)) for name in mirrors(axes)),
        _group("gamma", "factor", _options((0.1, 0.3, 0.5), 0.1)),
        _group("inverted_gamma", "factor", _options((0.1, 0.3, 0.5), 0.1)),
        _group("shift", "signed", _options((0.05, 0.15, 0.25), 0.05)),  # standard deviations of the image
        _group("intensity_scale", "factor", _options((0.05, 0.15, 0.25), 0.05)),
        _group("contrast", "factor", _options((0.05, 0.15, 0.25), 0.05)),
        _group("filter", "size", (*_options((0.5, 0.7, 0.9), 0.1, "blur_"), *sharpened)),  # sigma in pixels
        _group("noise", "size", _options((0.025, 0.075, 0.125), 0.025)),  # standard deviations of the image
        _group("low_resolution", "size", _options((0.9, 0.7, 0.5), 0.1)),  # share of the pixels along an axis
    )


@lru_cache
def place(axes: int) -> dict[str, int]:
    """Number of each group, by name."""
    return {group.name: number for number, group in enumerate(groups(axes))}


@lru_cache
def sizes(axes: int) -> tuple[int, ...]:
    """Options of each group."""
    return tuple(map(len, groups(axes)))


def _group(name: str, law: Law, options: Sequence[Option]) -> Group:
    return Group(name, (Option(IDENTITY), *options), law)


def _options(middles: Sequence[float], half_step: float, prefix: str = "") -> tuple[Option, ...]:
    """Magnitudes half a step about each middle, not below 0: the ranges of a group's options touch."""
    return tuple(
        Option(f"{prefix}{middle:g}", middle, max(0.0, middle - half_step), middle + half_step) for middle in middles
    )
