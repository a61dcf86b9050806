"""From outlines and run lengths to a mask: which pixels a contour covers, and what is refused.

A pixel belongs to a contour if its centre lies inside.  Libraries have other rules: Pillow and OpenCV add the pixels
that the line itself touches, Matplotlib and scikit-image give centres that lie on a line to both of its sides or to
none, so that structures which share a border overlap or leave a gap.  Here the centre on a line belongs to what is to
the right of it and below.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segaug.data.readers import MAX_PIXELS
from segaug.errors import ConfigError, DataError

CHOICES = {"outside": ("refuse", "clip"), "crossing": ("refuse", "fill"), "overlap": ("refuse", "last")}
SLACK_PX = 1.0  # by which a contour may leave the image without a word: tools round to the border in several ways
FAR_PX = 1e9  # no image is as large
MAX_CROSSINGS = 50_000_000  # of the lines of one contour with rows of pixels


@dataclass(frozen=True, eq=False)
class Outline:
    """A closed contour.  points: (P, 2) as (row, column) [px], in the coordinates of its file."""

    structure: str
    points: np.ndarray
    hole: bool = False  # taken out of its structure

    def covers(self, drawing: "Drawing", shape: tuple[int, int], name: str) -> np.ndarray:
        """(H, W) bool: the pixels whose centres lie inside."""
        if len(self.points) < 3 or not (np.abs(self.points) < FAR_PX).all():
            problem = f"has a contour of {self.structure} with fewer than 3 points, or points that lie nowhere"
            raise DataError(file=name, problem=problem, fix="give each contour three points or more, in pixels")
        points = self.points - drawing.pixel_centre
        beyond = max(float(-0.5 - points.min()), float((points - np.array(shape)).max() + 0.5))
        if drawing.outside == "refuse" and beyond > SLACK_PX:
            problem = f"has a contour of {self.structure} that leaves the image by {beyond:.1f} px"
            fix = "correct it, or look whether image and contour belong together; dataset.drawing.outside=clip cuts it"
            raise DataError(file=name, problem=problem, fix=fix)
        low = np.clip(np.floor(points.min(axis=0)), 0, shape).astype(np.int64)
        high = np.clip(np.ceil(points.max(axis=0)) + 1, low, shape).astype(np.int64)  # around the contour
        turns = _turns(points - low, (int(high[0] - low[0]), int(high[1] - low[1])), name)
        most, least = turns.max(initial=0), turns.min(initial=0)
        if drawing.crossing == "refuse" and (most - least > 1):
            problem = f"has a contour of {self.structure} that crosses itself"
            fix = "correct it; dataset.drawing.crossing=fill takes all that it goes around"
            raise DataError(file=name, problem=problem, fix=fix)
        covered = np.zeros(shape, bool)
        covered[low[0] : high[0], low[1] : high[1]] = turns != 0
        return covered


@dataclass(frozen=True, eq=False)
class Runs:
    """Pixels by runs.  starts, lengths: (R,) in the order of columns, each from the top, counted from 0."""

    structure: str
    starts: np.ndarray
    lengths: np.ndarray
    hole: bool = False

    def covers(self, drawing: "Drawing", shape: tuple[int, int], name: str) -> np.ndarray:
        """(H, W) bool."""
        size = shape[0] * shape[1]
        ends = self.starts + self.lengths
        if len(ends) and (self.starts.min() < 0 or (ends < self.starts).any() or ends.max() > size):
            problem = f"has runs of {self.structure} that leave the image of {shape[0]} x {shape[1]} pixels"
            raise DataError(file=name, problem=problem, fix="look whether image and run lengths belong together")
        if (self.starts[1:] < ends[:-1]).any():
            problem = f"has runs of {self.structure} that overlap or are out of order"
            raise DataError(file=name, problem=problem, fix="export them again: each run starts after the one before")
        steps = np.zeros(size + 1, np.int8)
        np.add.at(steps, self.starts, 1)
        np.add.at(steps, ends, -1)
        return np.cumsum(steps[:size], dtype=np.int8).reshape(shape[::-1]).T > 0


Shape = Outline | Runs


@dataclass(frozen=True, eq=False)
class Marked:
    """All that a file says of one image."""

    shapes: list[Shape]
    size: tuple[int, int] | None  # (rows, columns) of the image, where the file says so


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """How contours become masks."""

    pixel_centre: float = (
        0.5  # coordinates of the centre of the first pixel: 0.5 in most tools, 0 where they count pixels
    )
    outside: str = "refuse"  # a contour that leaves the image; clip: what lies inside counts
    crossing: str = "refuse"  # a contour that crosses itself; fill: all that it goes around counts
    overlap: str = "refuse"  # two structures in one pixel; last: the one that is declared last has it

    def __post_init__(self) -> None:
        for key, allowed in CHOICES.items():
            if (value := getattr(self, key)) not in allowed:
                fix = f"choose from: {', '.join(allowed)}"
                raise ConfigError(key=f"dataset.drawing.{key}", problem=f"got {value!r}", fix=fix)
        if not 0 <= self.pixel_centre <= 1:
            fix = "use 0.5, or 0 or 1 where the file counts pixels from 0 or from 1"
            raise ConfigError(key="dataset.drawing.pixel_centre", problem=f"got {self.pixel_centre}", fix=fix)

    def mask(self, shapes: Sequence[Shape], names: Sequence[str], shape: tuple[int, int], file: str) -> np.ndarray:
        """(H, W) integers: 0, and 1 for the first of the structures `names`, 2 for the next, and so on.

        file: what error messages call it.
        """
        if shape[0] * shape[1] > MAX_PIXELS:
            problem = f"claims an image of {shape[0]:,} x {shape[1]:,} pixels"
            raise DataError(file=file, problem=problem, fix=f"reduce or tile it to at most {MAX_PIXELS:,} pixels")
        mask = np.zeros(shape, np.min_scalar_type(len(names)))
        for value, structure in enumerate(names, start=1):
            own = [one for one in shapes if one.structure == structure]
            covered = np.zeros(shape, bool)
            for one in sorted(own, key=lambda one: one.hole):  # holes last
                pixels = one.covers(self, shape, file)
                covered = covered & ~pixels if one.hole else covered | pixels
            if self.overlap == "refuse" and (shared := mask[covered & (mask > 0)]).size:
                problem = f"has {structure} and {names[shared[0] - 1]} in {shared.size} pixels at once"
                fix = "correct them; dataset.drawing.overlap=last gives them to what dataset.categories names last"
                raise DataError(file=file, problem=problem, fix=fix)
            mask[covered] = value
        return mask


def _turns(points: np.ndarray, shape: tuple[int, int], name: str) -> np.ndarray:
    """(H, W): how often a contour goes around each pixel centre, clockwise ones counted down.

    points: (P, 2), pixel centres lying at whole numbers.  In each row the lines to the left of a pixel are counted,
    those that go down as 1 and those that go up as -1.
    """
    start, end = points, np.roll(points, -1, axis=0)
    down = start[:, 0] <= end[:, 0]
    top, bottom = np.where(down[:, None], start, end), np.where(down[:, None], end, start)
    first, last = (np.clip(np.ceil(side[:, 0]), 0, shape[0]).astype(np.int64) for side in (top, bottom))
    rows_each = last - first
    if rows_each.sum() > MAX_CROSSINGS:
        problem = f"has a contour of {len(points):,} points that goes up and down too often"
        raise DataError(file=name, problem=problem, fix="simplify it, e.g. by approximate_polygon of scikit-image")
    edge = np.repeat(np.arange(len(points)), rows_each)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(rows_each) - rows_each, rows_each) + first[edge]
    height = np.maximum(bottom[:, 0] - top[:, 0], np.finfo(float).tiny)[edge]
    column = top[edge, 1] + (row - top[edge, 0]) / height * (bottom - top)[edge, 1]
    at = np.clip(np.ceil(column), 0, shape[1]).astype(np.int64)
    steps = np.zeros((shape[0], shape[1] + 1), np.int32)
    np.add.at(steps, (row, at), np.where(down, 1, -1)[edge])
    return np.cumsum(steps, axis=1)[:, :-1]
