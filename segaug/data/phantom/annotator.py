"""Annotators who disagree at the boundary: masks with a known, irreducible binary cross-entropy.

A pixel that lies within `band` pixels of another label gets that label instead of its own with probability `rate`,
independently of all others. Whoever knows the true contour can do no better than to predict those probabilities.
"""

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt


def second_opinion(truth: np.ndarray, band: int) -> np.ndarray:
    """The label (H, W) that another annotator may give: the nearest other one within `band` px [centre to centre]."""
    other = truth.copy()
    for value in np.unique(truth) if len(np.unique(truth)) > 1 else ():
        own = truth == value
        distance, nearest = distance_transform_edt(own, return_indices=True)
        disputed = own & (distance <= band)
        other[disputed] = truth[tuple(nearest)][disputed]
    return other


def moved_contour(truth: np.ndarray, chosen: tuple[int, ...], by_px: int) -> np.ndarray:
    """Labels (H, W) of annotators who draw the contour of the chosen structures so far outside; negative: inside.

    A pixel gets the nearest label from the other side of the contour where that lies within `by_px` px [centre to
    centre]; labels inside of either side stay.
    """
    own = np.isin(truth, chosen)
    moving = ~own if by_px > 0 else own  # the side that loses pixels
    if by_px == 0 or moving.all() or not moving.any():
        return truth
    distance, nearest = distance_transform_edt(moving, return_indices=True)
    taken = moving & (distance <= abs(by_px))
    moved = truth.copy()
    moved[taken] = truth[tuple(nearest)][taken]
    return moved


def annotate(truth: np.ndarray, band: int, rate: float, rng: torch.Generator) -> np.ndarray:
    """One annotator's mask (H, W)."""
    flips = torch.rand(truth.shape, generator=rng).numpy() < rate
    return np.where(flips, second_opinion(truth, band), truth)


def foreground_chance(truth: np.ndarray, foreground: tuple[int, ...], band: int, rate: float) -> np.ndarray:
    """Probability (H, W) that an annotator marks the pixel as foreground: 0, rate, 1 - rate or 1."""
    own, other = np.isin(truth, foreground), np.isin(second_opinion(truth, band), foreground)
    return (1 - rate) * own + rate * other


def floor_bce(chance: np.ndarray, rate: float) -> float:
    """Binary cross-entropy [nats] of the best prediction: share of disputed pixels times the entropy of `rate`."""
    if rate == 0:
        return 0.0
    disputed = np.mean((chance > 0) & (chance < 1))
    return float(disputed * -(rate * np.log(rate) + (1 - rate) * np.log(1 - rate)))
