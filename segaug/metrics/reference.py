"""Predictions that never look at the test image: what a network has to beat before its curve means anything."""

from scipy.special import entr
from torch import Tensor

from segaug.metrics.pixel import bce_of_probability

SHARE_FLOOR = 1e-6  # shares are kept this far from 0 and 1: a certain and wrong constant would cost infinitely much


def foreground_share(label: Tensor) -> float:
    """Share of foreground pixels, 0..1, over all images (M, K, H, W)."""
    return label.double().mean().item()


def atlas(label: Tensor) -> Tensor:
    """Mean mask of a training subset, smoothed by one image of its foreground share: p(u) = (sum y(u) + q) / (N + 1).

    label: (N, 1, H, W).  Returns (1, 1, H, W) float64, strictly between 0 and 1, so that the cross-entropy is finite
    at N = 1; q = 0 or 1 (all masks empty, or full) counts as 1e-6 from there.
    """
    total = label.double().sum(0, keepdim=True)
    return (total + _inside(foreground_share(label))) / (len(label) + 1)


def best_constant_bce(share: float) -> float:
    """Cross-entropy of the best constant prediction on images with this foreground share: its entropy [nat].

    Equal-sized images, so the mean over images equals the mean over pixels.  0 for share 0 or 1.
    """
    return float(entr(share) + entr(1 - share))


def constant_bce(probability: float, label: Tensor) -> Tensor:
    """Cross-entropy (B,) of one constant probability (the pool's foreground share) on each image of label."""
    constant = label.new_full((1,), 1.0).double() * _inside(probability)
    return bce_of_probability(constant, label)


def _inside(share: float) -> float:
    return min(max(share, SHARE_FLOOR), 1 - SHARE_FLOOR)
