"""Masks that fit the edges of their images better when they are turned or mirrored.

As `alignment` does, it compares sums over many masks.  A structure that lies in the middle and is round fits in every
way; so the best way must be many standard errors above the masks as they are, by whichever kind of edge is surest.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from segaug.data.check.certainty import FEWEST, Displaced, certainty
from segaug.data.check.edge_fit import KINDS, Outline
from segaug.data.check.report import Note

SURE = 5.0  # standard errors: the best of seven ways by two kinds of edge is taken
_AS_STORED = 0
Maps = np.ndarray  # (1, H, W) or (2, H, W), components along rows and columns


def _transposed(maps: Maps) -> Maps:
    return maps[::-1].swapaxes(1, 2)


def _left_right(maps: Maps) -> Maps:
    return _flipped(maps, 2)


def _upside_down(maps: Maps) -> Maps:
    return _flipped(maps, 1)


def _flipped(maps: Maps, axis: int) -> Maps:
    """Turned round along an axis; what points along it points the other way."""
    turned = np.flip(maps, axis).copy()
    if len(maps) > 1:
        turned[axis - 1] *= -1
    return turned


def _half_turn(maps: Maps) -> Maps:
    return _upside_down(_left_right(maps))


_SQUARE: tuple[tuple[str, Callable[[Maps], Maps]], ...] = (
    ("turned by 90 degrees to the left", lambda maps: _upside_down(_transposed(maps))),
    ("turned by 90 degrees to the right", lambda maps: _left_right(_transposed(maps))),
    ("transposed (rows and columns swapped)", _transposed),
    ("transposed and turned by 180 degrees", lambda maps: _half_turn(_transposed(maps))),
)
_ANY: tuple[tuple[str, Callable[[Maps], Maps]], ...] = (
    ("as they are", lambda maps: maps),
    ("mirrored left to right", _left_right),
    ("turned upside down", _upside_down),
    ("turned by 180 degrees", _half_turn),
)


class _Best(NamedTuple):
    """The way that fits best by one kind of edge.

    sure: of how well it fits.  better: than the masks as they are.  fit: how well, in the mean.
    """

    sure: float
    better: float
    way: int
    fit: float


def turned(outlines: Sequence[Outline]) -> Displaced | None:
    """outlines: of all masks that have one."""
    square = len({side for one in outlines for side in one.shape}) == 1
    ways = (*_ANY, *_SQUARE) if square else _ANY
    if len(outlines) < FEWEST:
        return None
    by_kind = [_best(outlines, kind, [turn for _, turn in ways]) for kind in KINDS]
    best = max(by_kind)
    if best.way == _AS_STORED or min(best.sure, best.better) < SURE:
        return None
    text = (
        f"masks fit the edges of their images better when they are {ways[best.way][0]} ({len(outlines)} compared): "
        "have images and masks been exported by two programs, or turned in one of them alone?"
    )
    return Displaced(max(one.fit for one in by_kind if one.way == best.way), Note(text))


def _best(outlines: Sequence[Outline], kind: str, ways: Sequence[Callable[[Maps], Maps]]) -> _Best:
    fits = np.array([[float((way(one.outline[kind]) * one.edges[kind]).sum()) for way in ways]
                     for one in outlines if one.outline])  # fmt: skip
    means = fits.mean(axis=0)
    way = int(np.abs(means).argmax())
    fits *= np.sign(means[way])  # structures may be brighter or darker than what is around them
    return _Best(
        certainty(fits[:, way]), certainty(fits[:, way] - fits[:, _AS_STORED]), way, float(fits[:, way].mean())
    )
