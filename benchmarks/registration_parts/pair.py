"""A pair of labelled images to register."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

Draw = Literal["tune", "report"]  # parameters are chosen on one and reported on the other: no subject is in both


@dataclass(frozen=True)
class Subject:
    """One image and what it shows.

    image: (H, W) float32, 0..1.  label: (H, W) uint8, 0 is background.
    """

    name: str
    image: np.ndarray
    label: np.ndarray


@dataclass(frozen=True)
class Pair:
    """The moving image is to be deformed so that it looks like the fixed one; both have one size."""

    moving: Subject
    fixed: Subject


class Stacked(NamedTuple):
    """Pairs as a batch, all (B, 1, H, W) float32."""

    moving: Tensor
    fixed: Tensor
    moving_label: Tensor
    fixed_label: Tensor


def stack(pairs: Sequence[Pair]) -> Stacked:
    """Pairs of one size as tensors."""

    def batch(arrays: Sequence[np.ndarray]) -> Tensor:
        return torch.from_numpy(np.stack(arrays)).float()[:, None]

    return Stacked(
        moving=batch([pair.moving.image for pair in pairs]),
        fixed=batch([pair.fixed.image for pair in pairs]),
        moving_label=batch([pair.moving.label for pair in pairs]),
        fixed_label=batch([pair.fixed.label for pair in pairs]),
    )


def around(subjects: Sequence[Subject], hops: int = 1) -> list[Pair]:
    """Each subject to the next `hops` ones, as if in a ring: all are moving, and fixed, equally often."""
    return [
        Pair(moving, subjects[(place + hop) % len(subjects)])
        for hop in range(1, hops + 1)
        for place, moving in enumerate(subjects)
    ]
