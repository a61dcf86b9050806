"""What is drawn on axes, in data coordinates: points, lines, bars, bands and arrows, and how each looks."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.text import Annotation

from segaug.report.look.palette import LIGHT, look

Point = tuple[float, float]


class Bar(NamedTuple):
    """A straight stroke along one axis; at: its place on the other."""

    at: float
    low: float
    high: float
    colour: str


class Band(NamedTuple):
    """A filled region between two curves."""

    colour: str
    opacity: float
    x: list[float]
    low: list[float]
    high: list[float]


def mark(axes: Axes, gid: str) -> Artist:
    """The one artist of that name."""
    (artist,) = axes.findobj(lambda artist: artist.get_gid() == gid)
    return artist


def points(axes: Axes, gid: str) -> list[Point]:
    """Where the markers of that name are."""
    return points_of(mark(axes, gid))


def points_of(artist: Artist) -> list[Point]:
    """Where the markers of a line or of a scatter are."""
    if isinstance(artist, PathCollection):
        return [(float(x), float(y)) for x, y in artist.get_offsets()]
    return [(float(x), float(y)) for x, y in artist.get_xydata()]


def filled(line: Line2D) -> bool:
    """Are its markers more than an outline?"""
    return to_hex(line.get_markerfacecolor()) != LIGHT["paper"]


def wears(line: Line2D, strategy: str) -> bool:
    """Has a line of markers the sign of a strategy?"""
    style = look(strategy)
    colours = to_hex(line.get_markerfacecolor()), to_hex(line.get_markeredgecolor())
    return line.get_marker() == style.marker and style.light in colours


def colour(artist: Artist) -> str:
    """As hex."""
    if isinstance(artist, Line2D):
        return to_hex(artist.get_color())
    return to_hex(artist.get_facecolor()[0])


def solid(line: Line2D) -> bool:
    """Has it no gaps?  The public style calls every pattern dashed, also the one without gaps."""
    return line._dash_pattern[1] is None


def curves(axes: Axes, of: str | None = None) -> list[Line2D]:
    """Lines through three points or more that bear no markers; of: those in this colour."""
    lines = (line for line in _lines(axes) if len(line.get_xdata()) > 2 and line.get_marker() == "None")
    return [line for line in lines if of is None or colour(line) == of]


def joins(axes: Axes, through: Iterable[Point]) -> list[Line2D]:
    """Lines that go straight from one of these points to the next."""
    places = np.array(list(through))
    return [
        line for line in _lines(axes)
        if line.get_linestyle() != "None" and line.get_xydata().shape == places.shape
        and np.allclose(line.get_xydata(), places)
    ]  # fmt: skip


def uprights(axes: Axes) -> list[Bar]:
    """Vertical strokes."""
    return [Bar(float(x[0]), float(y[0]), float(y[1]), colour(line)) for line, x, y in _strokes(axes) if x[0] == x[1]]


def levels(axes: Axes) -> list[Bar]:
    """Horizontal strokes."""
    return [Bar(float(y[0]), float(x[0]), float(x[1]), colour(line)) for line, x, y in _strokes(axes) if y[0] == y[1]]


def heights_across(axes: Axes) -> list[float]:
    """Heights of the lines that cross the whole axes."""
    return sorted(
        float(line.get_ydata()[0]) for line in axes.lines
        if line.get_transform() != axes.transData and list(line.get_xdata()) == [0, 1]
    )  # fmt: skip


def bands(axes: Axes) -> list[Band]:
    """Filled regions, in the order in which they were drawn."""
    return [_band(region) for region in axes.collections if isinstance(region, PolyCollection)]


def contours(axes: Axes) -> list[QuadContourSet]:
    """Contours and what is filled between them."""
    return [lines for lines in axes.collections if isinstance(lines, QuadContourSet)]


def arrows(axes: Axes) -> list[tuple[Point, Point]]:
    """Tail and head of each."""
    notes = [text for text in axes.texts if isinstance(text, Annotation) and text.arrow_patch is not None]
    return [(note.xyann, note.xy) for note in notes]


def words(axes: Axes) -> list[str]:
    """Text on the axes, but for title, labels and ticks."""
    return [text.get_text() for text in axes.texts if text.get_text()]


def entries(figure: Figure | SubFigure) -> list[str]:
    """Labels of its legends."""
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def titles(figure: Figure) -> list[str]:
    """Of its panels, in the order in which they were drawn."""
    return [axes.get_title(loc="left") for axes in figure.axes]


def _lines(axes: Axes) -> Iterator[Line2D]:
    """Those in data coordinates."""
    return (line for line in axes.lines if line.get_transform() == axes.transData)


def _strokes(axes: Axes) -> Iterator[tuple[Line2D, np.ndarray, np.ndarray]]:
    for line in _lines(axes):
        x, y = line.get_xydata().T
        if len(x) == 2 and line.get_marker() == "None":
            yield line, x, y


def _band(region: PolyCollection) -> Band:
    """The outline goes along one curve and back along the other."""
    (outline,) = region.get_paths()
    ends: dict[float, list[float]] = {}
    for x, y in outline.vertices:
        ends.setdefault(float(x), []).append(float(y))
    x = sorted(ends)
    return Band(colour(region), float(region.get_alpha()), x, [min(ends[at]) for at in x], [max(ends[at]) for at in x])
