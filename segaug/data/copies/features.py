"""Local features of a picture, which a crop, a change of size and a rotation leave as they are."""

from dataclasses import dataclass

import numpy as np

from segaug.data.copies.opencv import opencv
from segaug.data.copies.picture import Picture

KEPT = 300  # strongest of a picture
CONTRAST = 0.01  # OpenCV's own is 0.04, by which soft pictures such as MRI have few features
LENGTH = 128  # of a descriptor: 4 rows x 4 columns of cells, 8 directions in each
_CELLS = np.arange(LENGTH).reshape(4, 4, 8)
MIRROR = np.ascontiguousarray(_CELLS[::-1][:, :, -np.arange(8) % 8]).ravel()
"""Places of a descriptor's numbers in that of the mirrored picture.  The frame of a descriptor is turned with its
feature, so a mirror changes its rows and the sign of its directions, and nothing else."""


@dataclass(frozen=True)
class Features:
    """place: (n, 2) float32, (x, y) [px of the picture].  descriptor: (n, LENGTH) uint8.  Strongest first."""

    place: np.ndarray
    descriptor: np.ndarray

    def __len__(self) -> int:
        return len(self.place)

    def mirrored(self, width: int) -> "Features":
        """Those of the picture with left and right changed."""
        place = self.place.copy()
        place[:, 0] = width - 1 - place[:, 0]
        return Features(place, self.descriptor[:, MIRROR])

    @property
    def unit(self) -> np.ndarray:
        """(n, LENGTH) float32 of length 1, whose products are likenesses from 0 to 1.

        Source: Arandjelović and Zisserman (2012), Three things everyone should know to improve object retrieval, 2.3.
        """
        values = self.descriptor.astype(np.float32)
        return np.sqrt(values / np.maximum(values.sum(axis=1, keepdims=True), 1))


def features(shown: Picture) -> Features:
    """Lowe's SIFT features."""
    cv2 = opencv()
    finder = cv2.SIFT_create(nfeatures=KEPT, contrastThreshold=CONTRAST)
    found, descriptor = finder.detectAndCompute(shown.pixels, None)
    if not found:
        return Features(np.empty((0, 2), np.float32), np.empty((0, LENGTH), np.uint8))
    place = np.array([one.pt for one in found], dtype=np.float32)
    order = np.argsort([-one.response for one in found], kind="stable")[:KEPT]  # ties can make them more
    return Features(place[order], descriptor[order].astype(np.uint8))
