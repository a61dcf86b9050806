"""A figure of what a strategy does: images, their augmented versions, mask outlines and displacements."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from segaug.report.palette import LIGHT
from segaug.report.theme import new_figure

OUTLINE = LIGHT["orange"]  # bright on dark and grey anatomy alike
_TILE_IN = 1.45
_ARROWS = 9  # a side

Array = NDArray[np.floating] | NDArray[np.integer]


def preview_figure(
    image: Array,
    label: Array,
    augmented_image: Array,
    augmented_label: Array,
    displacement_px: Array | None = None,
    title: str = "",
) -> Figure:
    """Each image in a row: the original, then k augmented versions, each with the outline of its mask.

    image: (n, H, W), 0..1.  label: (n, H, W), foreground where >= 0.5.  augmented_image, augmented_label: (n, k, H, W).
    displacement_px: (n, k, 2, H, W), (row, column) in pixels from output pixels to input positions; adds a row below
    each image with its magnitude, on one colour scale, and arrows.
    """
    n, k = augmented_image.shape[:2]
    tall = 1 if displacement_px is None else 2
    figure = new_figure(_TILE_IN * (k + 1) + (0.5 if tall == 2 else 0), _TILE_IN * n * tall + (0.3 if title else 0))
    grid = figure.subplots(n * tall, k + 1, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for row in range(n):
        _draw_image(grid[row * tall, 0], image[row], label[row])
        for column in range(k):
            _draw_image(grid[row * tall, column + 1], augmented_image[row, column], augmented_label[row, column])
    grid[0, 0].set_title("original", fontweight="normal")
    if k:
        grid[0, 1].set_title("augmented", fontweight="normal")
    if displacement_px is not None:
        _draw_displacements(figure, grid[1::2, 1:], displacement_px)
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=9)
    return figure


def _draw_image(axes: Axes, image: Array, label: Array) -> None:
    axes.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    foreground = np.asarray(label) >= 0.5
    if foreground.any() and not foreground.all():
        axes.contour(foreground.astype(float), levels=[0.5], colors=[OUTLINE], linewidths=1.1)


def _draw_displacements(figure: Figure, grid: NDArray[np.object_], displacement_px: Array) -> None:
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
    bar = figure.colorbar(drawn, ax=grid, shrink=0.8, aspect=30, label="displacement [px]")
    bar.outline.set_visible(False)
