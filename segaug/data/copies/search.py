"""Find the images of a data set that show the same picture: re-encoded, resized, cropped, turned or mirrored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from segaug.data.copies.alignment import SPOTS, alignments
from segaug.data.copies.candidates import Candidate, candidates
from segaug.data.copies.features import Features, features
from segaug.data.copies.likeness import likeness
from segaug.data.copies.pair import Pair
from segaug.data.copies.picture import SIDE_PX, Picture, picture

SAME = 0.8  # correlation of details from which two pictures are one; neighbouring slices of a heart reach 0.78
SAME_SMALL, SMALL_PX = (
    0.6,
    64,
)  # where a longer side has fewer pixels: a JPEG eats its details
OVERLAP = 0.3  # of the smaller picture that must lie in the other

Tell = Callable[[str, int, int], None]  # what is being done, how much of it is, of how much


@dataclass(frozen=True)
class Copies:
    """What was found among images, which are named by their places."""

    pairs: list[Pair]
    featureless: list[int]  # images too smooth or too small to be recognised: nothing is known of them


def near_copies(images: Sequence[np.ndarray], tell: Tell | None = None) -> list[Pair]:
    """Pairs of images that show the same picture, sorted.

    images: (H, W) grey arrays of any type and size; each is asked for once, so a lazy sequence may read files.
    tell: is told of progress.  Raises UserError where OpenCV is missing.
    """
    return find_copies(images, tell).pairs


def find_copies(images: Sequence[np.ndarray], tell: Tell | None = None) -> Copies:
    """`near_copies`, and the images of which it can say nothing."""
    tell = tell or (lambda what, done, total: None)
    shown, found = [], []
    for place in range(len(images)):
        shown.append(picture(images[place]))
        found.append(features(shown[-1]))
        tell("reading images", place + 1, len(images))
    pairs: dict[tuple[int, int], Pair] = {}
    worth = candidates(found) if found else []
    for done, candidate in enumerate(worth):
        pair = _judge(candidate, shown, found)
        if pair:  # a symmetric picture is its own mirror image
            pairs.setdefault(pair.places, pair)
        tell("comparing pairs", done + 1, len(worth))
    featureless = [place for place, one in enumerate(found) if len(np.unique(one.place.round(), axis=0)) < SPOTS]
    return Copies([pairs[key] for key in sorted(pairs)], featureless)


def _judge(candidate: Candidate, shown: Sequence[Picture], found: Sequence[Features]) -> Pair | None:
    """The pair with its evidence if the two are the same picture."""
    first, second = shown[candidate.first], shown[candidate.second]
    pixels, features_there = second.pixels, found[candidate.second]
    if candidate.mirrored:
        pixels, features_there = second.mirrored(), features_there.mirrored(pixels.shape[1])
    for alignment in alignments(found[candidate.first], features_there):
        like = likeness(first.pixels, pixels, alignment.matrix)
        if like.correlation >= (SAME_SMALL if _small(first, second) else SAME) and like.overlap >= OVERLAP:
            return Pair(
                first=candidate.first,
                second=candidate.second,
                transform=_stored(alignment.matrix, first, second, candidate.mirrored),
                inliers=alignment.spots,
                correlation=like.correlation,
                overlap=like.overlap,
            )
    return None


def _small(first: Picture, second: Picture) -> bool:
    return max(*first.scale, *second.scale) > SIDE_PX / SMALL_PX


def _stored(
    matrix: np.ndarray, first: Picture, second: Picture, mirrored: bool
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """A matrix between pixels of the pictures as one between stored pixels."""
    flip = np.diag([-1.0, 1.0, 1.0])
    flip[0, 2] = second.pixels.shape[1] - 1
    whole = np.vstack([matrix, [0, 0, 1]]) @ (flip if mirrored else np.eye(3))
    whole = np.linalg.inv(_enlarged(first)) @ whole @ _enlarged(second)
    (a, b, c), (d, e, f) = whole[:2].tolist()
    return (a, b, c), (d, e, f)


def _enlarged(shown: Picture) -> np.ndarray:
    """(3, 3), places in stored pixels to places in the picture; pixels are squares, and centres are whole numbers."""
    x, y = shown.scale
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])
