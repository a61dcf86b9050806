"""Overlap of predicted and true masks, of single images and of all images of a patient together."""

from collections.abc import Sequence

import torch
from torch import Tensor


def dice_of_mask(mask: Tensor, label: Tensor) -> Tensor:
    """Dice 2 |A and B| / (|A| + |B|) of each structure of each case.

    mask, label: (B, K, H, W), foreground above 0.5.  Returns (B, K): 1 where both are empty (the prediction is right),
    0 where one is.
    """
    return _dice(*_counts(mask, label))


def iou_of_mask(mask: Tensor, label: Tensor) -> Tensor:
    """Intersection over union |A and B| / |A or B|; shapes, and what empty masks give, as for Dice."""
    both, total = _counts(mask, label)
    return (both / (total - both).clamp(min=1)).masked_fill(total == 0, 1.0)


def dice_of_patients(mask: Tensor, label: Tensor, patients: Sequence[str]) -> Tensor:
    """Dice over all pixels of all images of a patient: (P, K), patients in the order of `patients_of`.

    patients: (B,) whom each case shows.  What matters clinically where an image is one slice of a volume: an image
    without the structure costs nothing there, and says nothing.
    """
    names = patients_of(patients)
    place = torch.tensor([names.index(one) for one in patients], device=mask.device)
    both, total = (
        torch.zeros(len(names), *count.shape[1:], dtype=count.dtype, device=mask.device).index_add_(0, place, count)
        for count in _counts(mask, label)
    )
    return _dice(both, total)


def patients_of(patients: Sequence[str]) -> list[str]:
    """Each patient once, in the order in which they appear first."""
    return list(dict.fromkeys(patients))


def _counts(mask: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
    """|A and B| and |A| + |B|, each (B, K)."""
    a, b = (mask > 0.5).flatten(2), (label > 0.5).flatten(2)
    return (a & b).sum(2), a.sum(2) + b.sum(2)


def _dice(both: Tensor, total: Tensor) -> Tensor:
    return (2 * both / total.clamp(min=1)).masked_fill(total == 0, 1.0)
