"""How well the outline of a mask fits the edges of an image: the numbers that misplaced masks are found by.

Two scores, both of the image's gradient below the outline.  "strength": how steep it is there, in standard deviations
above the image's mean.  "direction": how far it points across the outline, into the structure or out of it, where one
is brighter than the other in the whole set.  Either works where the other does not: the first in sets whose structures
are bright or dark by turns, the second where anatomy beside the structure has stronger edges.
"""

from dataclasses import dataclass

import numpy as np

SIDE = 96  # images are reduced to at most this [px]
KINDS = ("strength", "direction")


@dataclass(frozen=True)
class Outline:
    """One image and its mask.  step: stored pixels a pixel of these arrays.

    edges: of the image, by kind, (1, H, W) and (2, H, W); of mean square 1.  outline: of the mask, by kind, as weights
    that sum to 1 in size; None where the mask has none, is not opened, or the image is blank.
    """

    step: int
    shape: tuple[int, int]  # as stored
    edges: dict[str, np.ndarray]
    outline: dict[str, np.ndarray] | None


def outline(grey: np.ndarray, foreground: np.ndarray | None) -> Outline | None:
    """grey: (H, W) floats.  foreground: (H, W) of bool, or None.  None where an image shows no edges at all."""
    step = max(1, -(-max(grey.shape) // SIDE))
    if min(grey.shape) < 4 * step:
        return None
    slopes = _slopes(grey, step)
    steepness = np.linalg.norm(slopes, axis=0)
    spread = steepness.std()
    if not spread > 0:
        return None
    edges = {
        "strength": ((steepness - steepness.mean()) / spread)[None],
        "direction": slopes / np.sqrt((steepness**2).mean()),
    }
    shape = (grey.shape[0], grey.shape[1])
    return Outline(step, shape, edges, None if foreground is None else _outline(foreground, step))


def fits(masks: list[Outline], images: list[Outline], kind: str) -> np.ndarray:
    """(masks, images): how well each outline fits the edges of each image, all of one shape."""
    weights = np.stack([each.outline[kind].ravel() for each in masks if each.outline])
    edges = np.stack([each.edges[kind].ravel() for each in images])
    return weights @ edges.T


def fits_moved(one: Outline, kind: str, reach: int) -> np.ndarray:
    """(2 reach + 1, 2 reach + 1): how well an outline fits its own image where it is moved by -reach..reach pixels.

    Beyond the image there are no edges.
    """
    assert one.outline is not None
    edges, weights = one.edges[kind], one.outline[kind]
    room = [side + reach + 1 for side in edges.shape[1:]]
    product = np.fft.rfft2(edges, room) * np.conj(np.fft.rfft2(weights, room))
    everywhere = np.fft.irfft2(product.sum(axis=0), room)
    moves = np.arange(-reach, reach + 1)
    moved: np.ndarray = everywhere[np.ix_(moves % room[0], moves % room[1])]
    return moved


def _outline(foreground: np.ndarray, step: int) -> dict[str, np.ndarray] | None:
    slopes = _slopes(foreground.astype(np.float32), step)
    steepness = np.linalg.norm(slopes, axis=0)
    total = steepness.sum()
    return {"strength": (steepness / total)[None], "direction": slopes / total} if total > 0 else None


def _slopes(values: np.ndarray, step: int) -> np.ndarray:
    """(2, H, W) gradient along rows and columns, of means over blocks of step x step pixels."""
    rows, columns = (side // step for side in values.shape)
    blocks = values[: rows * step, : columns * step].reshape(rows, step, columns, step)
    return np.stack(np.gradient(blocks.mean(axis=(1, 3), dtype=np.float32)))
