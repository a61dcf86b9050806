"""A figure of what a generator has learned: its fields beside real ones of the same images."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from segaug.report.look.palette import LIGHT
from segaug.report.look.pictures import draw_grid_lines, pixels
from segaug.report.look.theme import new_figure

_TILE_IN = 1.25

Array = NDArray[np.floating]


def generated_fields_figure(image: Array, real_px: Array, made_px: Array, title: str = "") -> Figure:
    """One image a row: the image, the grid as real fields deform it, the grid as generated fields do.

    image: (n, C, H, W), or grey (n, H, W), 0..1.  real_px, made_px: (n, k, 2, H, W), (row, column), pull-back in
    pixels of `image`: a grid line bends to where its pixels are read from.  Colour is the length of the displacement,
    on one scale.
    """
    n, real_count, made_count = len(image), real_px.shape[1], made_px.shape[1]
    wide = _TILE_IN * (1 + real_count + made_count) + 0.5
    figure = new_figure(wide, _TILE_IN * n * image.shape[-2] / image.shape[-1] + (0.55 if title else 0.3))
    grid = figure.subplots(n, 1 + real_count + made_count, squeeze=False)
    fields = np.concatenate([real_px, made_px], axis=1)
    top = max(float(np.linalg.norm(fields, axis=2).max()), 1e-6)
    for row in range(n):
        shown = pixels(image[row]) if image.ndim == 4 else image[row]
        grid[row, 0].imshow(shown, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        for column in range(fields.shape[1]):
            drawn = _draw_grid(grid[row, column + 1], fields[row, column], top)
    for axes in grid.flat:
        axes.set_axis_off()
    for column, text in ((0, "image"), (1, "registered"), (1 + real_count, "generated")):
        grid[0, column].set_title(text, fontweight="normal")
    figure.colorbar(drawn, ax=grid[:, -1].tolist(), label="displacement (pixels)", shrink=0.8)
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=9)
    return figure


def _draw_grid(axes: Axes, field_px: Array, top: float) -> AxesImage:
    """The length of a field in colour, and a grid's lines where the field takes them; returns the colours."""
    drawn = axes.imshow(np.linalg.norm(field_px, axis=0), cmap="Blues", vmin=0, vmax=top)
    draw_grid_lines(axes, field_px, LIGHT["ink"])
    return drawn
