"""Pixels that count for nothing, since nobody has judged them: `dataset.ignore`.

Their label is NaN, in the channel of every structure, and moves with the image as labels do.  Only a task whose
`Form.ignored` holds has any; what is handed its labels is told so by a flag that is known without looking at a pixel.
So a NaN that is a fault still shows, and other tasks pay nothing.
"""

from typing import NamedTuple

import torch
from torch import Tensor

_CERTAIN = -1e4  # a logit so low that the probability is 0 and its cross-entropy 0, to the last bit of float32


class Known(NamedTuple):
    """Logits and labels whose ignored pixels are background, surely and rightly predicted: they cost nothing.

    weight: (B,), by which the mean over all pixels of a row becomes the mean over its known ones; whatever it is of a
    row without any, its mean is 0.
    """

    logits: Tensor
    label: Tensor
    weight: Tensor


def known(logits: Tensor, label: Tensor) -> Known:
    """Make the ignored pixels of logits (B, 1 or K + 1, ...) and label (B, K, ...) count for nothing.

    No gradient reaches the logits there, nor what the label was warped by.
    """
    unknown = ignored_pixels(label)
    sure = logits.new_full((logits.shape[1],), _CERTAIN)
    if len(sure) > 1:
        sure[0] = 0.0  # of the background, against which the others are measured
    sure = sure.view(1, -1, *[1] * (logits.ndim - 2))
    pixels = unknown[0].numel()
    counted = pixels - unknown.flatten(1).sum(1)
    weight = pixels / counted.clamp_min(1).to(torch.promote_types(logits.dtype, torch.float32))
    return Known(torch.where(unknown, sure, logits), label.masked_fill(unknown, 0.0), weight)


def known_pixels(logits: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
    """The known pixels of all rows, as those of one image: (1, 1 or K + 1, P) and (1, K, P)."""
    there = ~ignored_pixels(label)[:, 0]
    return tuple(each.movedim(1, -1)[there].T[None] for each in (logits, label))  # type: ignore[return-value]  # two


def ignored_pixels(label: Tensor) -> Tensor:
    """Where a label (B, K, ...) is not known, (B, 1, ...) bool."""
    return label[:, :1].isnan()


def shown(label: Tensor) -> Tensor:
    """What is known to be there: the label, and nothing where it is not known."""
    return label.nan_to_num(nan=0.0)


def known_shares(label: Tensor) -> Tensor:
    """Of the known pixels of an image the share of each structure, mean over images (M, K, ...): (K,) float64.

    Images count alike, as they do in cross-entropy; its best constant prediction are these shares.
    """
    return label.double().flatten(2).nanmean(2).mean(0)
