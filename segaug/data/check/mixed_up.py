"""Masks that fit the edges of other images better than those of their own: of the next one in a list, or of a pair.

Every outline is compared with every image of its size.  What a mask has in common with all images is taken off, and so
is what an image has in common with all masks: masks of one structure look alike, and some images have edges everywhere.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segaug.data.check.certainty import FEWEST, certainty
from segaug.data.check.edge_fit import KINDS, Outline, fits
from segaug.data.check.report import Note

LISTED = 3.5  # standard errors: two neighbours are asked
SWAPPED = 4.5  # spreads of the fits to other images, by which both masks of a pair fit the other's image better
Looked = tuple[str, Outline | None]  # id, and what was seen of it; in the order of the list


@dataclass(frozen=True)
class Group:
    """Images of one size.  masks, images: their places in the list.  fit: by kind, (masks, images)."""

    masks: list[int]
    images: list[int]
    fit: dict[str, np.ndarray]

    def own(self, kind: str, step: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Fits of the masks that have an image `step` places on: to their own images, and to those."""
        column = {place: at for at, place in enumerate(self.images)}
        rows = [row for row, place in enumerate(self.masks) if place + step in column]
        return tuple(self.fit[kind][rows, [column[self.masks[row] + move] for row in rows]] for move in (0, step))  # type: ignore[return-value]  # of two steps


def by_size(looked: Sequence[Looked]) -> list[Group]:
    """looked: all images in order; those whose masks were not opened serve as images that masks may belong to."""
    places: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, (_, one) in enumerate(looked):
        if one:
            places[one.shape].append(place)
    return [group for own in places.values() if (group := _group(looked, own))]


def _group(looked: Sequence[Looked], places: list[int]) -> Group | None:
    seen = [(place, one) for place in places if (one := looked[place][1])]
    masked = [(place, one) for place, one in seen if one.outline]
    if len(masked) < FEWEST:
        return None
    outlines, images = [one for _, one in masked], [one for _, one in seen]
    fit = {kind: _centred(fits(outlines, images, kind)) for kind in KINDS}
    return Group([place for place, _ in masked], [place for place, _ in seen], fit)


def _centred(fit: np.ndarray) -> np.ndarray:
    centred: np.ndarray = fit - fit.mean(axis=1, keepdims=True) - fit.mean(axis=0, keepdims=True) + fit.mean()
    return centred


def one_place_on(groups: Sequence[Group]) -> Note | None:
    """Masks that fit the next image of the list, or the one before; the surest kind of edge decides."""
    if not groups:
        return None
    for step, which in ((1, "next"), (-1, "previous")):
        _, better = max(_neighbours(groups, kind, step) for kind in KINDS)
        if better > LISTED:
            compared = sum(len(group.own(KINDS[0], step)[0]) for group in groups)
            text = (
                f"masks fit the {which} image of the list better than their own ({compared} compared): has the "
                "list of images or that of masks lost or gained a file before they were numbered?"
            )
            return Note(text)
    return None


def _neighbours(groups: Sequence[Group], kind: str, step: int) -> tuple[float, float]:
    """How sure it is that masks fit anything of the two, and that they fit their neighbours better; 0: their own."""
    own, other = map(np.concatenate, zip(*(group.own(kind, step) for group in groups), strict=True))
    if len(own) < FEWEST:
        return 0.0, 0.0
    if abs(other.mean()) <= abs(own.mean()):
        return abs(certainty(own)), 0.0
    sign = np.sign(other.mean())  # structures may be brighter or darker than what is around them
    sure = certainty(sign * other)
    return sure, min(sure, certainty(sign * (other - own)))


def swapped(groups: Sequence[Group], names: Sequence[str]) -> Note | None:
    """Pairs of masks that fit their own images no better than any other, and each the other's far better."""
    pairs = [(names[first], names[second]) for group in groups for first, second in _pairs(group)]
    if not pairs:
        return None
    named = "; ".join(f"{first} and {second}" for first, second in pairs[:3])
    text = f"masks that fit each other's image far better than their own, swapped? {named}" + "; ..." * (len(pairs) > 3)
    return Note(text, "swapped?", tuple(dict.fromkeys(name for pair in pairs for name in pair)))


def _pairs(group: Group) -> list[tuple[int, int]]:
    """Places of the two, by both kinds of edge together."""
    columns = [group.images.index(place) for place in group.masks]
    fit = np.zeros((len(columns), len(columns)))
    for kind in KINDS:
        of_kind = group.fit[kind][:, columns]
        others = of_kind[~np.eye(len(columns), dtype=bool)]
        spread = np.median(np.abs(others - np.median(others))) * 1.4826
        fit += of_kind * np.sign(np.diag(of_kind).mean()) / max(spread, 1e-9) / len(KINDS) ** 0.5
    own = np.diag(fit)
    gain = np.where((own < 1)[:, None], fit - own[:, None], 0)
    found = np.argwhere(np.triu(np.minimum(gain, gain.T), 1) > SWAPPED)
    return [(group.masks[first], group.masks[second]) for first, second in found]
