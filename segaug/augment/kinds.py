"""Which rows of a batch are deformed, which recoloured, which both: kinds that exclude each other."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from segaug.augment.strategy import Strategy, check_shares
from segaug.errors import ConfigError

REFERENCE_SIDE_PX = 224.0  # longer side of the images in whose pixels fields are drawn: the published ones


@dataclass(frozen=True)
class Kinds:
    """What happens to each row; to the rest of them nothing does."""

    deformed: Tensor  # (B,) bool
    recoloured: Tensor  # (B,) bool


@dataclass(frozen=True, kw_only=True)
class ByKind(Strategy):
    """A strategy that draws a kind for each row: deformed alone, recoloured alone, both, or neither.

    The shares are expected ones: each row draws for itself, whatever the batch is.  Default: half of the rows that the
    released code gives to each kind (rows [0, a), [a, b), [b, c) of 20, a ~ {1..4}, b ~ {5..9}, c ~ {10..14}).
    Source: Chaitanya et al. (2021), algorithm 1, which lists the kinds without their shares.
    """

    file: ClassVar[str]  # where the options of the subclass stand

    share_v: float = 0.125  # of the rows: deformed alone
    share_i: float = 0.225  # recoloured alone
    share_both: float = 0.25  # deformed, then recoloured

    def __post_init__(self) -> None:
        super().__post_init__()
        shares = {name: getattr(self, name) for name in ("share_v", "share_i", "share_both")}
        check_shares("augment", self.file, **shares)
        if (total := sum(shares.values())) > 1 + 1e-9:
            raise ConfigError(
                key="augment.share_both",
                file=self.file,
                problem=f"share_v + share_i + share_both is {total:g}",
                fix="make them at most 1 together; the rest of the rows gets the baseline alone",
            )

    @property
    def deforms(self) -> bool:
        """Is a row ever deformed?"""
        return self.share_v + self.share_both > 0

    @property
    def recolours(self) -> bool:
        """Is a row ever recoloured?"""
        return self.share_i + self.share_both > 0

    def draw_kinds(self, rows: int, rng: torch.Generator) -> Kinds:
        """One uniform number a row decides."""
        place = torch.rand(rows, generator=rng)
        only_v, only_i = place < self.share_v, place >= self.share_v + self.share_both
        touched = place < self.share_v + self.share_both + self.share_i
        return Kinds(deformed=only_v | (touched & ~only_i), recoloured=touched & ~only_v)
