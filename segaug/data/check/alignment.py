"""Masks that fit the edges of another image better than those of their own, or their own better when they are moved.

Each rule compares sums over many masks, and speaks only where the difference is many times its standard error: masks
of one structure look alike, so that one mask alone says little.  Thresholds: quiet on ten public sets, six modalities.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from segaug.data.check.edge_fit import KINDS, Outline, fits, fits_moved
from segaug.data.check.report import Note

FEWEST = 12  # masks, of which sums are compared
SURE = 6.0  # standard errors, where the best of a thousand moves is taken
LISTED = 4.0  # where only two neighbours are asked
REACH, NEAR = 16, 2.5  # pixels of a reduced image: as far as masks are moved, and what counts as in place
SWAPPED = 8.0  # spreads of the fits to other images, by which both masks of a pair fit the other's image better
MOST = 400  # masks that are looked at: the first ones

Looked = tuple[str, Outline | None]  # id, and what was seen of it; in the order of the list


def misplaced(looked: Sequence[Looked]) -> list[Note]:
    """looked: all images in order; those whose masks were not opened serve as images that masks may belong to."""
    looked = looked[:MOST]
    note = _one_place_on(looked) or _moved(looked) or _swapped(looked)
    return [note] if note else []


def _one_place_on(looked: Sequence[Looked]) -> Note | None:
    """Masks that fit the next image of the list, or the one before."""
    for step, which in ((1, "next"), (-1, "previous")):
        pairs = [
            (one, looked[place + step][1])
            for place, (_, one) in enumerate(looked)
            if one and one.outline and 0 <= place + step < len(looked)
        ]
        alike = [(own, other) for own, other in pairs if other and other.shape == own.shape]
        for kind in KINDS if len(alike) >= FEWEST else ():
            own, other = (
                np.array(
                    [float((mask.outline[kind] * image.edges[kind]).sum()) for mask, image in chosen if mask.outline]
                )
                for chosen in (((mask, mask) for mask, _ in alike), alike)
            )
            own, other = own * np.sign(own.mean()), other * np.sign(other.mean())
            if min(_certainty(other), _certainty(other - own)) > LISTED:
                text = (
                    f"masks fit the {which} image of the list better than their own ({len(alike)} compared): has the "
                    "list of images or that of masks lost or gained a file before they were numbered?"
                )
                return Note(text)
    return None


def _moved(looked: Sequence[Looked]) -> Note | None:
    """Masks that lie all in one direction beside what they mark."""
    own = [one for _, one in looked if one and one.outline]
    if len(own) < FEWEST:
        return None
    found = None
    for kind in KINDS:
        moved = np.stack([fits_moved(one, kind, REACH) for one in own])
        mean = moved.mean(axis=0)
        sign = np.sign(mean.flat[np.abs(mean).argmax()])
        row, column = np.unravel_index((sign * mean).argmax(), mean.shape)
        move = np.array([row - REACH, column - REACH])
        certain = _certainty(sign * moved[:, row, column]) > SURE
        if certain and np.linalg.norm(move) < NEAR:
            return None
        at_edge = np.abs(move).max() == REACH  # the best place may be anywhere beyond
        gain = sign * (moved[:, row, column] - moved[:, REACH, REACH])
        if certain and not at_edge and _certainty(gain) > SURE:
            found = move
    if found is None:
        return None
    rows, columns = (round(float(np.median([one.step for one in own]) * side)) for side in found)
    text = (
        f"masks fit the edges of their images better when they are moved by about {rows} rows and {columns} columns "
        f"({len(own)} compared): were images and masks cropped or padded in different ways?"
    )
    return Note(text)


def _swapped(looked: Sequence[Looked]) -> Note | None:
    """Pairs of masks that fit their own images no better than any other, and each the other's far better."""
    of_shape: dict[tuple[int, int], list[tuple[str, Outline]]] = defaultdict(list)
    for name, one in looked:
        if one and one.outline:
            of_shape[one.shape].append((name, one))
    pairs = [pair for group in of_shape.values() if len(group) >= FEWEST for pair in _pairs(group)]
    if not pairs:
        return None
    named = "; ".join(f"{first} and {second}" for first, second in pairs[:3])
    text = f"masks that fit each other's image far better than their own, swapped? {named}" + "; ..." * (len(pairs) > 3)
    return Note(text, "swapped?", tuple(dict.fromkeys(name for pair in pairs for name in pair)))


def _pairs(group: list[tuple[str, Outline]]) -> list[tuple[str, str]]:
    names, ones = [name for name, _ in group], [one for _, one in group]
    found: dict[tuple[str, str], None] = {}
    for kind in KINDS:
        fit = fits(ones, ones, kind)
        own = np.diag(fit).copy()
        fit, own = (fit, own) if np.median(own) > 0 else (-fit, -own)
        others = fit[~np.eye(len(fit), dtype=bool)]
        usual = np.median(others)
        spread = max(np.median(np.abs(others - usual)) * 1.4826, 1e-9)
        gain = np.where((own < usual + spread)[:, None], fit - own[:, None], 0) / spread
        for first, second in np.argwhere(np.triu(np.minimum(gain, gain.T), 1) > SWAPPED):
            found[names[first], names[second]] = None
    return list(found)


def _certainty(values: np.ndarray) -> float:
    """Mean over its standard error."""
    error = values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean() / error) if error > 0 else 0.0
