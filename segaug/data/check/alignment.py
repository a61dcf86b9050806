"""Masks that do not lie where their image shows an edge: of another image, turned, or moved.

Each rule compares sums over many masks, and speaks only where the difference is many times its standard error: masks
of one structure look alike, so that one mask alone says little.  Thresholds: quiet on all public sets at hand, and on
forty images drawn of each, many times.
"""

from collections.abc import Sequence

import numpy as np

from segaug.data.check.certainty import FEWEST, Displaced, certainty
from segaug.data.check.edge_fit import KINDS, Outline, fits_moved
from segaug.data.check.mixed_up import Looked, by_size, one_place_on, swapped
from segaug.data.check.report import Note
from segaug.data.check.turned import turned

SURE = 6.0  # standard errors, where the best of a thousand moves is taken
REACH, NEAR = 16, 2.5  # pixels of a reduced image: as far as masks are moved, and what counts as in place
MOST = 400  # masks that are looked at: the first ones


def misplaced(looked: Sequence[Looked]) -> list[Note]:
    """looked: all images in order; those whose masks were not opened serve as images that masks may belong to."""
    looked = looked[:MOST]
    own = [one for _, one in looked if one and one.outline]
    groups = by_size(looked)
    note = one_place_on(groups) or _displaced(own) or swapped(groups, [name for name, _ in looked])
    return [note] if note else []


def _displaced(own: Sequence[Outline]) -> Note | None:
    """Turned or moved, whichever fits better: masks of what is nearly symmetric may fit better mirrored if moved."""
    found = [one for one in (turned(own), _moved(own)) if one]
    return max(found, key=lambda one: one.fit).note if found else None


def _moved(own: Sequence[Outline]) -> Displaced | None:
    """Masks that lie all in one direction beside what they mark."""
    if len(own) < FEWEST:
        return None
    found, fit = None, 0.0
    for kind in KINDS:
        moved = np.stack([fits_moved(one, kind, REACH) for one in own])
        mean = moved.mean(axis=0)
        sign = np.sign(mean.flat[np.abs(mean).argmax()])
        row, column = np.unravel_index((sign * mean).argmax(), mean.shape)
        move = np.array([row - REACH, column - REACH])
        certain = certainty(sign * moved[:, row, column]) > SURE
        if certain and np.linalg.norm(move) < NEAR:
            return None
        at_edge = np.abs(move).max() == REACH  # the best place may be anywhere beyond
        gain = sign * (moved[:, row, column] - moved[:, REACH, REACH])
        if certain and not at_edge and certainty(gain) > SURE:
            found, fit = move, max(fit, float(sign * mean[row, column]))
    if found is None:
        return None
    rows, columns = (round(float(np.median([one.step for one in own]) * side)) for side in found)
    text = (
        f"masks fit the edges of their images better when they are moved by about {rows} rows and {columns} columns "
        f"({len(own)} compared): were images and masks cropped or padded in different ways?"
    )
    return Displaced(fit, Note(text))
