"""How often a prediction says nothing: an empty mask where there is something to find, or nearly the whole image."""

from dataclasses import dataclass

import torch
from torch import Tensor

from segaug.known import ignored_pixels

NEARLY_ALL, HALF = 0.95, 0.5  # of the pixels of an image
PerStructure = tuple[int, ...]  # (K,)


@dataclass(frozen=True)
class MaskCounts:
    """Cases by what their true and predicted masks hold, of each structure."""

    cases: int
    shown: PerStructure  # there is something to find
    missed: PerStructure  # of these, how many have an empty prediction
    astray: PerStructure  # of these, how many have a prediction that holds no pixel of it
    invented: PerStructure  # there is nothing to find, and the prediction is not empty
    flooded: PerStructure  # the prediction is 95 % of the image or more, the truth at most half of it


def count_masks(mask: Tensor, label: Tensor, ignored: bool = False) -> MaskCounts:
    """mask, label: (B, K, H, W), foreground above 0.5 as for every measure of overlap.

    ignored: where the label is NaN the mask holds nothing, and shares are of the other pixels.
    """
    predicted, true = (mask > 0.5).flatten(2), (label > 0.5).flatten(2)
    known = ~ignored_pixels(label).flatten(2) if ignored else None
    shown, found, hit = true.any(2), predicted.any(2), (true & predicted).any(2)
    return MaskCounts(
        cases=len(label),
        shown=_count(shown),
        missed=_count(shown & ~found),
        astray=_count(shown & found & ~hit),
        invented=_count(~shown & found),
        flooded=_count((_share(predicted, known) >= NEARLY_ALL) & (_share(true, known) <= HALF)),
    )


def _share(of: Tensor, known: Tensor | None) -> Tensor:
    """Of the pixels of (B, K, P), or of those that are known, (B, K)."""
    return of.double().mean(2) if known is None else of.sum(2).double() / known.sum(2)


def _count(flags: Tensor) -> PerStructure:
    """Cases of each structure; flags: (B, K)."""
    counts: list[int] = torch.sum(flags, 0).tolist()
    return tuple(counts)
