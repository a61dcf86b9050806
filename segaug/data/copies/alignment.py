"""How one picture lies in another, from features that they share: a robust fit, which strays do not move."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from segaug.data.copies.features import Features
from segaug.data.copies.opencv import opencv

ALIKE = 0.8  # likeness of two descriptors that may be of one spot
SPOTS = 8  # different places that must agree; two features are often at one place
APART_PX = 3.0  # how far from where the fit says a spot may lie
TRIES = 500  # of the fit; 8 true matches among 60 are hit in them all but surely
SCALES = (0.3, 3.3)  # a fit beyond them rests on a few spots in one corner
STRETCH = 2.0  # sides of a copy that was squeezed into another shape, against each other


@dataclass(frozen=True)
class Alignment:
    """matrix: (2, 3), (x, y, 1) of the second picture to (x, y) of the first [px].  spots: that agree."""

    matrix: np.ndarray
    spots: int


def alignments(first: Features, second: Features) -> Iterator[Alignment]:
    """Ways in which the second picture may lie in the first: a similarity, and then a stretched one.

    None where fewer than SPOTS agree.  The second is tried because many data sets squeeze pictures into a square.
    """
    cv2 = opencv()
    here, there = _matches(first, second)
    if len(here) < SPOTS:
        return
    for fit in (cv2.estimateAffinePartial2D, cv2.estimateAffine2D):
        limits = {"method": cv2.RANSAC, "ransacReprojThreshold": APART_PX, "maxIters": TRIES}
        matrix, agree = fit(there, here, **limits)
        if matrix is None:
            return
        agreeing = agree.ravel() > 0
        spots = min(len(np.unique(places[agreeing].round(), axis=0)) for places in (here, there))
        if spots < SPOTS:
            return
        if _plausible(matrix):
            yield Alignment(matrix, spots)


def _matches(first: Features, second: Features) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) places in the first and in the second of features that are each other's nearest."""
    likeness = first.unit @ second.unit.T
    if not likeness.size:
        return first.place[:0], second.place[:0]
    to_second, to_first = likeness.argmax(axis=1), likeness.argmax(axis=0)
    mutual = np.flatnonzero(to_first[to_second] == np.arange(len(first)))
    mutual = mutual[likeness[mutual, to_second[mutual]] > ALIKE]
    return first.place[mutual], second.place[to_second[mutual]]


def _plausible(matrix: np.ndarray) -> bool:
    larger, smaller = np.linalg.svd(matrix[:, :2], compute_uv=False)
    upright = np.linalg.det(matrix[:, :2]) > 0  # a mirror is looked for by itself
    return bool(upright and SCALES[0] < smaller and larger < SCALES[1] and larger / smaller < STRETCH)
