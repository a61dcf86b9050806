"""The operations of a test-time policy: one of them at a time, at magnitudes that are fixed.

64 for two axes, 84 for three: the identity, then 21 and 41 that move pixels, 30 that change grey values and 12 that
filter, add noise or coarsen.  Source: Li et al. (2023), released code; the two-dimensional table is ours.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import torch
from torch import Tensor

from segaug.augment.policy.geometry import matrices
from segaug.augment.policy.options import TURN, groups, mirrors, place, planes
from segaug.augment.policy.strength import fixed_strength

IDENTITY_ID = 0
_GREY = ("gamma", "inverted_gamma", "shift", "intensity_scale", "contrast")
_FILTERS = ("filter", "noise", "low_resolution")


@dataclass(frozen=True)
class Operation:
    """One choice; `backward` where it divides by its factor, or turns the other way."""

    name: str
    choice: Mapping[str, str]  # group -> option, of groups that do not stay
    backward: bool = False


@dataclass(frozen=True)
class Tables:
    """What operations do, by id.  K of them, G groups."""

    option: Tensor  # (K, G) long
    strength: Tensor  # (K, G)
    matrix: Tensor  # (K, D, D) pull-back about the middle
    inverse: Tensor  # (K, D, D) of what undoes it
    warps: Tensor  # (K,) bool: does it interpolate?
    exact: Tensor  # (K,) bool: does it carry pixels to other places, and no more?


@lru_cache
def operations(axes: int) -> tuple[Operation, ...]:
    """All of them, in the order of their ids."""
    return (
        Operation("identity", {}),
        *_pairs(axes, "scale"),
        *(each for plane in planes(axes) for each in _pairs(axes, plane)),
        *(Operation(name, {name: "flip"}) for name in mirrors(axes)),
        *(each for plane in planes(axes) for each in _turns(axes, plane)),
        *(each for name in _GREY for each in _pairs(axes, name)),
        *(Operation(f"{name} {choice}", {name: choice}) for name in _FILTERS for choice in _choices(axes, name)),
        *([Operation("mirror_all", dict.fromkeys(mirrors(axes), "flip"))] if axes > 2 else []),
    )


def unforbidden(axes: int, names: Iterable[str]) -> Tensor:
    """Which operations do nothing that is forbidden, (K,) bool; names as of `starts.forbidden`."""
    gone = set(names)
    kept = [
        not gone & {each for pair in one.choice.items() for each in (pair[0], "/".join(pair))}
        for one in operations(axes)
    ]
    return torch.tensor(kept)


@lru_cache
def flip_ids(axes: int) -> tuple[int, ...]:
    """The identity, and all ways to mirror along one axis or several: 4 of two axes, 8 of three."""
    wanted = [set(names) for count in range(axes + 1) for names in combinations(mirrors(axes), count)]
    return tuple(number for number, each in enumerate(operations(axes)) if set(each.choice) in wanted)


@lru_cache
@torch.inference_mode(False)  # kept for later calls
def tables(axes: int) -> Tables:
    """The same as numbers, on the CPU."""
    option = torch.zeros(len(operations(axes)), len(groups(axes)), dtype=torch.long)
    for number, each in enumerate(operations(axes)):
        for name, choice in each.choice.items():
            group = place(axes)[name]
            option[number, group] = groups(axes)[group].names.index(choice)
    backward = torch.tensor([each.backward for each in operations(axes)])[:, None].expand_as(option)
    strength = fixed_strength(option, backward, axes)
    matrix = matrices(option, strength, axes)
    inverse = matrices(
        option, fixed_strength(option, ~backward, axes), axes
    )  # at most one group is not its own inverse
    whole = ((matrix == 0) | (matrix.abs() == 1)).all(2).all(1)
    still = (matrix == torch.eye(axes)).all(2).all(1)
    return Tables(option, strength, matrix, inverse, ~whole, whole & ~still)


def _choices(axes: int, name: str) -> Sequence[str]:
    return [choice for choice in groups(axes)[place(axes)[name]].names[1:] if choice != TURN]


def _pairs(axes: int, name: str) -> Iterator[Operation]:
    """Each magnitude forwards, then backwards."""
    for choice in _choices(axes, name):
        yield Operation(f"{name} {choice}", {name: choice})
        yield Operation(f"{name} -{choice}", {name: choice}, backward=True)


def _turns(axes: int, plane: str) -> Iterator[Operation]:
    """By 90 degrees, by -90, and by 180, which are two mirrors."""
    yield from (Operation(f"{plane} {sign}{TURN}", {plane: TURN}, sign == "-") for sign in ("", "-"))
    both = [name for name, axis in mirrors(axes).items() if axis in planes(axes)[plane]]
    yield Operation(f"{plane} 180", dict.fromkeys(both, "flip"))
