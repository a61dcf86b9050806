"""A figure of what a strategy does: images, their augmented versions, mask outlines and displacements."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from segaug.report.look.palette import LIGHT
from segaug.report.look.pictures import TILE_IN, Array, ignored_sign, show, structure_signs
from segaug.report.look.theme import new_figure

_ARROWS = 9  # a side
_BOX = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0}


def preview_figure(
    image: Array,
    label: Array,
    augmented_image: Array,
    augmented_label: Array,
    displacement_px: Array | None = None,
    jacobian: Array | None = None,
    structures: Sequence[str] = ("",),
    title: str = "",
    rows: Sequence[str] = (),
) -> Figure:
    """Each image in a row: the original, then k augmented versions, each with the outlines of its structures.

    image: (n, C, H, W), 0..1.  label: (n, K, H, W), foreground where >= 0.5, NaN where ignored.  augmented_image:
    (n, k, C, H, W).  augmented_label: (n, k, K, H, W).  structures: K names, for the legend where there are several.
    rows: n names, where there are any.
    displacement_px: (n, k, 2, H, W), (row, column) in pixels from output pixels to input positions; adds a row below
    each image with its magnitude, on one colour scale, and arrows.  jacobian: (n, k, H', W'), determinant in each
    cell of pixels, 0 or less where it folds; adds a row with its map.
    """
    n, k = augmented_image.shape[:2]
    ignored = bool(np.isnan(label).any())
    tall = 1 + (displacement_px is not None) + (jacobian is not None)
    figure = new_figure(
        TILE_IN * (k + 1) + (0.5 if tall > 1 else 0),
        TILE_IN * n * tall + (0.3 if title else 0) + _legend_in(len(structures) + ignored, k + 1),
    )
    grid = figure.subplots(n * tall, k + 1, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for row in range(n):
        show(grid[row * tall, 0], image[row], label[row])
        if rows:
            grid[row * tall, 0].text(
                -0.04, 0.5, rows[row], transform=grid[row * tall, 0].transAxes, rotation=90, ha="right", va="center"
            )
        for column in range(k):
            show(grid[row * tall, column + 1], augmented_image[row, column], augmented_label[row, column])
    grid[0, 0].set_title("original", fontweight="normal")
    if k:
        grid[0, 1].set_title("augmented", fontweight="normal")
    if displacement_px is not None:
        _draw_displacements(grid[1::tall, 1:], displacement_px)
    if jacobian is not None:
        _draw_jacobians(grid[tall - 1 :: tall, 1:], jacobian)
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=9)
    signs: list[Artist] = [*structure_signs(structures), *([ignored_sign()] if ignored else [])]
    if signs:
        figure.legend(handles=signs, loc="outside lower left", frameon=False, ncols=min(len(signs), k + 1))
    return figure


def _legend_in(signs: int, columns: int) -> float:
    """Height of the legend; one structure alone needs none."""
    return 0.2 * -(-signs // columns) + 0.1 if signs > 1 else 0.0


def _draw_displacements(grid: NDArray[np.object_], displacement_px: Array) -> None:
    """Magnitude in colour; arrows point to where a pixel's value comes from, the longest as far as the next arrow."""
    magnitude = np.linalg.norm(displacement_px, axis=2)
    top = max(float(magnitude.max()), 1e-6)
    height, width = magnitude.shape[-2:]
    rows = np.linspace(0, height - 1, _ARROWS).round().astype(int)
    columns = np.linspace(0, width - 1, _ARROWS).round().astype(int)
    for index in np.ndindex(*magnitude.shape[:2]):
        field = displacement_px[index][:, rows][:, :, columns]
        axes: Axes = grid.item(*index)
        drawn = axes.imshow(magnitude[index], cmap="Blues", vmin=0, vmax=top)
        axes.quiver(
            columns,
            rows,
            field[1],
            field[0],
            color=LIGHT["vermillion"],
            angles="xy",
            scale_units="xy",
            scale=top * _ARROWS / width,
            width=0.008,
        )
    _scale(grid, drawn, "displacement [px]")


def _draw_jacobians(grid: NDArray[np.object_], jacobian: Array) -> None:
    """Orange below 1: magnified, an output cell shows less than a cell of the input; purple above 1: shrunk.

    On a logarithmic scale, so that halved and doubled are equally strong.  What folds has no size: it is black.
    """
    log_area = np.log2(np.where(jacobian > 0, jacobian, np.nan))
    top = float(np.clip(np.nanmax(np.abs(log_area), initial=0), 0.5, 2))
    colours = mpl.colormaps["PuOr"].with_extremes(bad=LIGHT["ink"])
    for index in np.ndindex(*log_area.shape[:2]):
        axes: Axes = grid.item(*index)
        drawn = axes.imshow(log_area[index], cmap=colours, vmin=-top, vmax=top, interpolation="nearest")
        folds = int((jacobian[index] <= 0).sum())
        words = f"{folds} folded" if folds else f"min {jacobian[index].min():.2f}"
        axes.text(0.03, 0.04, words, transform=axes.transAxes, fontsize=6.5, bbox=_BOX)
    bar = _scale(grid, drawn, "Jacobian")
    bar.set_ticks([tick for tick in (-2, -1, 0, 1, 2) if abs(tick) <= top] if top >= 1 else [-top, 0, top])
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{2.0**value:.2g}"))


def _scale(grid: NDArray[np.object_], drawn: AxesImage, label: str) -> Colorbar:
    """A colour bar beside the first row of these axes; all rows share it."""
    beside = grid[0, -1].inset_axes((1.06, 0.0, 0.07, 1.0))
    bar: Colorbar = grid[0, -1].figure.colorbar(drawn, cax=beside, label=label)
    bar.outline.set_visible(False)
    return bar
