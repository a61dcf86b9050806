"""Random vessel trees, as tubes for `shapes.tubes`."""

from dataclasses import dataclass

import numpy as np

from segaug.data.phantom.draw import Draw
from segaug.data.phantom.shapes import Point


@dataclass(frozen=True)
class Tree:
    """Tubes of a tree; start, stop: (n, 2) as (row, column) in sides of the image; radius: (n, 2) at both ends."""

    start: np.ndarray
    stop: np.ndarray
    radius: np.ndarray


def grow(draw: Draw, root: Point, angle: float, length: float, radius: float, depth: int) -> Tree:
    """Binary tree that leaves `root` in direction `angle` and halves in section at each of its `depth` forks."""
    tubes: list[tuple[np.ndarray, np.ndarray, tuple[float, float]]] = []
    tips = [(np.array(root), angle, length, radius)]
    for _ in range(depth):
        forks = []
        for start, turn, reach, thick in tips:
            stop = start + reach * np.array([np.cos(turn), np.sin(turn)])
            tubes.append((start, stop, (thick, 0.75 * thick)))
            for side in (-1, 1):
                bend = side * draw.uniform(0.15, 0.75)
                forks.append((stop, turn + bend, reach * draw.uniform(0.6, 0.95), 0.75 * thick))
        tips = forks
    start, stop, thickness = (np.array(part) for part in zip(*tubes, strict=True))
    return Tree(start, stop, thickness)
