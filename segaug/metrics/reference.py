"""Predictions that never look at the test image: what a network has to beat before its curve means anything."""

import torch
from scipy.special import entr
from torch import Tensor

from segaug.known import known_shares, shown
from segaug.metrics.logits import with_background

SHARE_FLOOR = 1e-6  # shares are kept this far from 0 and 1: a certain and wrong constant would cost infinitely much


def foreground_share(label: Tensor, ignored: bool = False) -> float:
    """Share of foreground pixels, 0..1, over all images and structures (M, K, H, W); ignored: see below."""
    return known_shares(label).sum().item() if ignored else label.double().sum(1).mean().item()


def structure_shares(label: Tensor, ignored: bool = False) -> list[float]:
    """Share of the pixels of each structure, (K,), over all images (M, K, H, W).

    ignored: pixels whose label is NaN count for nothing, see `known_shares`.
    """
    shares: list[float] = (known_shares(label) if ignored else label.double().mean((0, 2, 3))).tolist()
    return shares


def atlas(label: Tensor, ignored: bool = False) -> Tensor:
    """Mean mask of a training subset, smoothed by one image of its shares: p(u) = (sum y(u) + q) / (N + 1).

    label: (N, K, H, W).  Returns (1, K, H, W) float64; every probability, that of the background too, is strictly
    between 0 and 1, so that the cross-entropy is finite at N = 1.  q of 0 or 1 (all masks empty, or full) counts as
    1e-6 away from it.  ignored: N is of each pixel the number of images in which it is known.
    """
    of_label = shown(label.double()) if ignored else label.double()
    images = (~label.isnan()).sum(0, keepdim=True) if ignored else len(label)
    prior = constant(structure_shares(label, ignored)).to(label.device)
    return (of_label.sum(0, keepdim=True) + prior) / (images + 1)


def constant(shares: list[float]) -> Tensor:
    """One probability a structure, everywhere: (1, K, 1, 1) float64; none, nor what they leave, is 0."""
    if len(shares) == 1:
        inside = [min(max(shares[0], SHARE_FLOOR), 1 - SHARE_FLOOR)]
    else:
        floored = [max(share, SHARE_FLOOR) for share in (1 - sum(shares), *shares)]
        inside = [share / sum(floored) for share in floored[1:]]
    return torch.tensor(inside, dtype=torch.float64).view(1, -1, 1, 1)


def cross_entropy_of_probability(probability: Tensor, label: Tensor, ignored: bool = False) -> Tensor:
    """Mean pixel cross-entropy of each case for a prediction given as probabilities [nat]: (B,) in float64.

    probability: broadcastable to label (B, K, H, W); it, and what it leaves to the background, strictly in 0..1.
    ignored: of each case over its known pixels, those whose label is not NaN.
    """
    p, y = probability.double().to(label.device), label.double()
    mean = torch.nanmean if ignored else torch.mean
    if label.shape[1] == 1:  # 1 - p is still exact for p close to 1
        return -mean((y * p.log() + (1 - y) * (-p).log1p()).flatten(1), 1)
    return -mean((with_background(y) * with_background(p).log()).sum(1).flatten(1), 1)


def best_constant(shares: list[float]) -> float:
    """Cross-entropy of the best constant prediction on images with these shares of the structures: their entropy [nat].

    Equal-sized images, so the mean over images equals the mean over pixels.  0 where one class fills them.
    """
    return float(entr(1 - sum(shares)) + sum(map(entr, shares)))
