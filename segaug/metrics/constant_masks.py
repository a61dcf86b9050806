"""How often a prediction says nothing: an empty mask where there is something to find, or the whole image."""

from dataclasses import dataclass

import torch
from torch import Tensor

PerStructure = tuple[int, ...]  # (K,)


@dataclass(frozen=True)
class MaskCounts:
    """Cases by what their true and predicted masks hold, of each structure."""

    cases: int
    shown: PerStructure  # there is something to find
    missed: PerStructure  # of these, how many have an empty prediction
    invented: PerStructure  # there is nothing to find, and the prediction is not empty
    flooded: PerStructure  # the prediction is all of the image, and the truth is not


def count_masks(mask: Tensor, label: Tensor) -> MaskCounts:
    """mask, label: (B, K, H, W), foreground above 0.5 as for every measure of overlap."""
    predicted, true = (mask > 0.5).flatten(2), (label > 0.5).flatten(2)
    shown, found = true.any(2), predicted.any(2)
    return MaskCounts(
        cases=len(label),
        shown=_count(shown),
        missed=_count(shown & ~found),
        invented=_count(~shown & found),
        flooded=_count(predicted.all(2) & ~true.all(2)),
    )


def _count(flags: Tensor) -> PerStructure:
    """Cases of each structure; flags: (B, K)."""
    counts: list[int] = torch.sum(flags, 0).tolist()
    return tuple(counts)
