"""How images and the outlines of their structures are drawn: grey or in colour, and one colour a structure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from segaug.report.look.palette import DASHED, LIGHT, SOLID, Dash

Array = NDArray[np.floating] | NDArray[np.integer]
_HUES = ("orange", "sky", "purple", "green", "vermillion", "blue")  # the first ones are bright on any anatomy
_WIDTH_PT = 1.1
TILE_IN = 1.45  # side of one of many small pictures
IGNORED = "ignored: counts for nothing"
_LINES = 13  # of a deformed grid, along each axis


@dataclass(frozen=True)
class Outline:
    """How a structure is outlined: by its place among those of the task, so that all pictures of it agree."""

    colour: str  # hex, the same on light and dark pages, for pictures do not change with them
    dash: Dash


def outline_of(place: int) -> Outline:
    """Colours come again, dashed, after the last one."""
    return Outline(LIGHT[_HUES[place % len(_HUES)]], SOLID if place < len(_HUES) else DASHED)


OUTLINE = outline_of(0).colour


def show(axes: Axes, image: Array, label: Array) -> None:
    """Draw an image (C, H, W), 0..1, and the outlines of its structures (K, H, W), foreground where >= 0.5.

    A border that two share has the colour of the narrower one, drawn last: what lies inside of a ring has an outline.
    Pixels that are NaN in the label count for nothing, and are hatched.
    """
    axes.imshow(pixels(image), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    if (ignored := np.isnan(label).any(axis=0)).any():
        axes.contourf(ignored.astype(float), levels=[0.5, 1.5], colors="none", hatches=["//////"])
    masks = np.asarray(label) >= 0.5
    for place in sorted(range(len(masks)), key=lambda place: -_extent(masks[place])):
        foreground, outline = masks[place], outline_of(place)
        if foreground.any() and not foreground.all():
            dash = "--" if outline.dash else "-"
            axes.contour(
                foreground.astype(float), levels=[0.5], colors=[outline.colour], linewidths=_WIDTH_PT, linestyles=dash
            )


def draw_grid_lines(axes: Axes, field_px: Array, colour: str) -> None:
    """Evenly spaced lines of a grid where a field (2, H, W), (row, column) in pixels, takes them; sets the limits."""
    height, width = field_px.shape[1:]
    rows, columns = np.mgrid[:height, :width] + field_px
    for line in np.linspace(0, height - 1, _LINES).round().astype(int):
        axes.plot(columns[line], rows[line], color=colour, linewidth=0.5)
    for line in np.linspace(0, width - 1, _LINES).round().astype(int):
        axes.plot(columns[:, line], rows[:, line], color=colour, linewidth=0.5)
    axes.set_xlim(-0.5, width - 0.5)
    axes.set_ylim(height - 0.5, -0.5)


def ignored_sign(colour: str = "black") -> Patch:
    """For a legend, of pixels that count for nothing."""
    return Patch(facecolor="none", edgecolor=colour, hatch="//////", label=IGNORED)


def _extent(mask: NDArray[np.bool_]) -> int:
    """Area of the smallest upright box around it [px]."""
    rows, columns = np.nonzero(mask)
    return int((np.ptp(rows) + 1) * (np.ptp(columns) + 1)) if len(rows) else 0


def pixels(image: Array) -> Array:
    """As matplotlib takes them: (H, W) of a grey image (1, H, W), (H, W, 3) of a colour image (3, H, W)."""
    shown: Array = image[0] if len(image) == 1 else np.moveaxis(image, 0, -1).clip(0, 1)
    return shown


def structure_signs(structures: Sequence[str]) -> list[Line2D]:
    """Legend of the outlines; none for one structure, which needs no telling apart."""
    if len(structures) == 1:
        return []
    looks = map(outline_of, range(len(structures)))
    return [
        Line2D([], [], color=look.colour, linestyle="--" if look.dash else "-", label=name)
        for name, look in zip(structures, looks, strict=True)
    ]
