"""What lines enclose that somebody drew into a copy of an image: the difference of both shows the lines."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from segaug.errors import ConfigError, DataError

KEY = "dataset.lines"
OUTER, INNER = "outer", "inner"
_NEIGHBOURS = np.ones((3, 3), bool)
_MOST = 0.2  # of the pixels that may differ: a copy that differs in more is of another image, or of other colours


@dataclass(frozen=True, kw_only=True)
class Lines:
    """What counts as a line.  Values are those of 8 bits; the largest difference over the channels counts."""

    count: int = 1  # closed lines in a copy, each inside of the one before
    above: int = 20  # by which a pixel of a line differs
    above_lossy: int = 60  # the same where image or copy is JPEG, which differs a little everywhere
    least_px: int = 50  # pixels of a line; smaller spots are noise
    gap_px: int = 4  # gaps of up to twice as many pixels are closed, if lines are not closed without

    def __post_init__(self) -> None:
        levels = {"above": (0, 254), "above_lossy": (0, 254)}
        for key, (lowest, highest) in {**levels, "least_px": (1, 10**6), "gap_px": (0, 50), "count": (1, 2)}.items():
            if not lowest <= (value := getattr(self, key)) <= highest:
                fix = f"use {lowest} to {highest}; {Lines.__dataclass_fields__[key].default} is the default"
                raise ConfigError(key=f"{KEY}.{key}", problem=f"got {value}", fix=fix)

    def enclosed(self, image: np.ndarray, copy: np.ndarray, which: str, *, lossy: bool, file: object) -> np.ndarray:
        """(H, W) bool: what the outer, or the inner, of the closed lines encloses, the line itself included.

        image, copy: (H, W) or (H, W, 3) of 8 bits.  file: what errors call the copy.  The outer line is the one that
        encloses most, the inner one the next, inside of it.  All are looked for, whichever is asked for: an outer line
        with a gap is not to be taken for the inner one.  Raises DataError where one is not found.
        """
        drawn, corner = self._drawn(image, copy, self.above_lossy if lossy else self.above, file)
        for gap in range(self.gap_px + 1):
            found = _nested(np.pad(drawn, gap + 1), gap, self.least_px)
            if len(found) >= self.count:
                region = found[0 if which == OUTER else 1][gap + 1 : -gap - 1, gap + 1 : -gap - 1]
                whole = np.zeros(image.shape[:2], bool)
                whole[corner[0] : corner[0] + len(region), corner[1] : corner[1] + region.shape[1]] = region
                return whole
        problem = "shows no closed line that its image has not"
        if self.count > 1:
            problem = f"shows no {self.count} closed lines, one inside of the other: has one a gap, or do they touch?"
        fix = f"look at it, lower {KEY}.above or raise {KEY}.gap_px, or leave its image out by dataset.leave_out"
        raise DataError(file=file, problem=problem, fix=fix)

    def _drawn(
        self, image: np.ndarray, copy: np.ndarray, above: int, file: object
    ) -> tuple[np.ndarray, tuple[int, int]]:
        """Pixels of lines within the smallest box around them, and the first row and column of that."""
        difference = np.abs(copy.astype(np.int16) - image.astype(np.int16))
        different = (difference.max(axis=2) if difference.ndim == 3 else difference) > above
        if (share := different.mean()) > _MOST:
            problem = f"differs from its image in {share:.0%} of the pixels by more than {above} of 255"
            raise DataError(file=file, problem=problem, fix=f"look whether both belong together, or raise {KEY}.above")
        spots, _ = ndimage.label(different, _NEIGHBOURS)
        sizes = np.bincount(spots.ravel())
        sizes[0] = 0
        drawn = (sizes >= self.least_px)[spots]
        if not drawn.any():
            fix = f"look at it, or lower {KEY}.above or {KEY}.least_px"
            raise DataError(file=file, problem="has nothing drawn into it that its image has not", fix=fix)
        box = ndimage.find_objects(drawn.astype(np.int8))[0]
        return drawn[box], (box[0].start, box[1].start)


def _nested(drawn: np.ndarray, gap: int, least_px: int) -> list[np.ndarray]:
    """What each closed line encloses, the largest first and each inside of the one before.

    drawn: (H, W) bool, with room of `gap` pixels around.  Lines grow by `gap` to close gaps, and regions shrink again.
    A line encloses at least `least_px` pixels that it does not cover itself.
    """
    grown = ndimage.binary_dilation(drawn, _NEIGHBOURS, iterations=gap) if gap else drawn
    lines, count = ndimage.label(grown, _NEIGHBOURS)
    closed = []
    for line in range(1, count + 1):
        own = lines == line
        filled = ndimage.binary_fill_holes(own)
        if (filled & ~own).sum() >= least_px:
            closed.append(filled)
    nested: list[np.ndarray] = []
    for filled in sorted(closed, key=np.count_nonzero, reverse=True):
        if not nested or not (filled & ~nested[-1]).any():
            nested.append(filled)
    return [ndimage.binary_erosion(one, _NEIGHBOURS, iterations=gap) if gap else one for one in nested]
