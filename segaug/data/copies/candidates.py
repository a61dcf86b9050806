"""Which pairs of pictures are worth a closer look: those of which several features are much alike.

Every feature asks an index for its nearest neighbours in all pictures, so the time grows with n log n of the pictures
and not with n².  A hash of the whole picture would be faster, but a crop changes all of it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from segaug.data.copies.features import MIRROR, Features
from segaug.data.copies.opencv import opencv

INDEXED = 100  # strongest features of a picture
NUMBERS = (
    32  # of a descriptor, along the main directions of all: they hold 86 % of the variance, in a fourth of the room
)
NEIGHBOURS = 8  # that a feature asks for; itself is among them
VOTES = 5  # neighbours that two pictures must have of each other
PARTNERS = 10  # candidates of a picture, best first
TREES, CHECKS, SEED = 4, 32, 0  # of the index, which is searched nearly and not exactly


class Candidate(NamedTuple):
    """Places of two pictures, first < second; mirrored: the second is to be."""

    first: int
    second: int
    mirrored: bool


def candidates(found: Sequence[Features]) -> list[Candidate]:
    """Sorted pairs that share features; each picture is in at most PARTNERS by its own choice."""
    descriptors = np.concatenate([one.unit[:INDEXED] for one in found])
    owner = np.repeat(np.arange(len(found)), [min(INDEXED, len(one)) for one in found])
    if len(descriptors) <= NEIGHBOURS:
        return []
    index = _Index(descriptors)
    chosen: set[Candidate] = set()
    for mirrored in (False, True):
        near = index.nearest(descriptors[:, MIRROR] if mirrored else descriptors)
        chosen.update(Candidate(*pair, mirrored) for pair in _best(*_votes(owner, near, len(found)), len(found)))
    return sorted(chosen)


class _Index:
    """Finds the descriptors that are nearest to some."""

    def __init__(self, descriptors: np.ndarray) -> None:
        cv2 = opencv()
        self.mean = descriptors.mean(axis=0)
        centred = descriptors - self.mean
        self.directions = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :NUMBERS]
        self.held = np.ascontiguousarray(centred @ self.directions)  # the index does not copy them
        cv2.setRNGSeed(SEED)
        self.trees = cv2.flann_Index(self.held, {"algorithm": 1, "trees": TREES})  # 1: k-d trees

    def nearest(self, descriptors: np.ndarray) -> np.ndarray:
        """(n, NEIGHBOURS) rows of the descriptors held, -1 where fewer were found."""
        asked = np.ascontiguousarray((descriptors - self.mean) @ self.directions)
        rows: np.ndarray = self.trees.knnSearch(asked, NEIGHBOURS, params={"checks": CHECKS})[0]
        return rows


def _votes(owner: np.ndarray, near: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of pictures as first * count + second, and how many features of either have a neighbour in the other."""
    asking, column = np.nonzero(near >= 0)
    other = owner[near[asking, column]]
    once = np.unique(asking * count + other)  # two neighbours in one picture are one vote
    mine, other = owner[once // count], once % count
    apart = mine != other
    mine, other = mine[apart], other[apart]
    return np.unique(np.minimum(mine, other) * count + np.maximum(mine, other), return_counts=True)


def _best(pairs: np.ndarray, votes: np.ndarray, count: int) -> Iterator[tuple[int, int]]:
    """Pairs with enough votes that are among the best of one of the two."""
    enough = votes >= VOTES
    pairs, votes = pairs[enough], votes[enough]
    taken = np.zeros(count, dtype=int)
    for place in np.argsort(-votes, kind="stable"):
        first, second = divmod(int(pairs[place]), count)
        if min(taken[first], taken[second]) < PARTNERS:
            taken[[first, second]] += 1
            yield first, second
