"""How strong the options are that rows drew: one number for each row and group, by the law of the group."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from segaug.augment.policy.options import groups


@dataclass(frozen=True)
class _Tables:
    middle: Tensor  # (G, K_max), magnitudes of the options
    low: Tensor
    high: Tensor
    factor: Tensor  # (G,) bool: groups with the law "factor"
    signed: Tensor


def drawn_strength(option: Tensor, axes: int, rng: torch.Generator) -> Tensor:
    """Strength (B, G) of options (B, G), of magnitudes drawn within their ranges; each number is drawn, used or not.

    A factor (1: no change) for groups with the law "factor", degrees or standard deviations in either direction for
    "signed", the magnitude itself for "size".
    """
    share, coin = torch.rand(2, *option.shape, generator=rng)
    tables = _tables(axes)
    low, high = _of(tables.low, option), _of(tables.high, option)
    return _by_law(low + (high - low) * share, coin < 0.5, tables)


def fixed_strength(option: Tensor, backward: Tensor, axes: int) -> Tensor:
    """The same of the middle magnitudes; backward, (B, G) bool: divides where it would multiply, or is negative."""
    tables = _tables(axes)
    return _by_law(_of(tables.middle, option), backward, tables)


def _by_law(magnitude: Tensor, backward: Tensor, tables: _Tables) -> Tensor:
    factor = torch.where(backward, 1 / (1 + magnitude), 1 + magnitude)
    signed = torch.where(backward, -magnitude, magnitude)
    return torch.where(tables.factor, factor, torch.where(tables.signed, signed, magnitude))


def _of(table: Tensor, option: Tensor) -> Tensor:
    return table[torch.arange(table.shape[0]), option]


@lru_cache
def _tables(axes: int) -> _Tables:
    table = groups(axes)
    most = max(map(len, table))

    def magnitudes(name: str) -> Tensor:
        rows = [[getattr(option, name) for option in group.options] for group in table]
        return torch.tensor([row + [0.0] * (most - len(row)) for row in rows])

    return _Tables(
        middle=magnitudes("middle"),
        low=magnitudes("low"),
        high=magnitudes("high"),
        factor=torch.tensor([group.law == "factor" for group in table]),
        signed=torch.tensor([group.law == "signed" for group in table]),
    )
