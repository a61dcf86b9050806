"""A figure of the kinds of change that a strategy makes: field, deformed image, change of grey values, result."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from segaug.report.look.palette import LIGHT
from segaug.report.look.pictures import TILE_IN, Array, draw_grid_lines, pixels, show
from segaug.report.look.theme import new_figure

_COLUMNS = ("original", "field", "deformed", "change of grey", "result")
_LEAST = 0.05  # of grey values: the scale of their change reaches at least so far


@dataclass(frozen=True)
class KindPictures:
    """One kind, on one image of C channels with K structures.

    displacement_px: (2, H, W), (row, column) from output pixels to input positions.  Images: (C, H, W); labels:
    (K, H, W), foreground where >= 0.5.
    """

    name: str
    displacement_px: Array
    deformed: Array
    deformed_label: Array
    result: Array
    result_label: Array


def kinds_figure(image: Array, label: Array, kinds: Sequence[KindPictures], title: str = "") -> Figure:
    """A kind a row.  A line of the grid bends to where its pixels are read from; grey values change on one scale."""
    changes = [(kind.result - kind.deformed).mean(axis=0) for kind in kinds]
    top = max(*(float(np.abs(change).max()) for change in changes), _LEAST)
    height = TILE_IN * len(kinds) * image.shape[-2] / image.shape[-1] + 0.3 + (0.3 if title else 0)
    figure = new_figure(TILE_IN * len(_COLUMNS) + 0.9, height)
    grid = figure.subplots(len(kinds), len(_COLUMNS), squeeze=False)
    for row, kind, change in zip(grid, kinds, changes, strict=True):
        drawn = _draw(row.tolist(), image, label, kind, change, top)
    for axes, name in zip(grid[0], _COLUMNS, strict=True):
        axes.set_title(name, fontweight="normal")
    figure.colorbar(drawn, ax=grid[:, -1].tolist(), label="change of grey", shrink=0.8)
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=9)
    return figure


def _draw(row: Sequence[Axes], image: Array, label: Array, kind: KindPictures, change: Array, top: float) -> AxesImage:
    """Returns the colours of the change."""
    original, field, deformed, grey, result = row
    for axes in row:
        axes.set(xticks=[], yticks=[])
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
    original.set_ylabel(kind.name)
    show(original, image, label)
    field.imshow(pixels(image), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    draw_grid_lines(field, kind.displacement_px, LIGHT["vermillion"])
    show(deformed, kind.deformed, kind.deformed_label)
    show(result, kind.result, kind.result_label)
    return grey.imshow(change, cmap="RdBu", vmin=-top, vmax=top, interpolation="nearest")
