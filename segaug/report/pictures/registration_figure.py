"""A figure of a registration: images, their difference before and after, deformed grid, displacement and Jacobian."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from segaug.report.look.palette import LIGHT
from segaug.report.look.pictures import OUTLINE
from segaug.report.look.theme import new_figure, themed

_TILE_IN = 2.2
_LINES = 16  # of the grid, along the longer side
FOLD = LIGHT["vermillion"]

Array = NDArray[np.floating] | NDArray[np.integer]


def registration_figure(
    moving: Array,
    fixed: Array,
    warped: Array,
    displacement_px: Array,
    mask: Array | None = None,
    warped_mask: Array | None = None,
) -> Figure:
    """Eight panels; moving, fixed, warped: (H, W) in 0..1.

    displacement_px: (2, H, W), (row, column) from pixels of the fixed image to places in the moving one.  mask and
    warped_mask: (H, W) of the moving and of the warped image; the outline of all that is not 0 is drawn.
    """
    height, width = fixed.shape
    with themed():
        figure = new_figure(4 * _TILE_IN, 2 * _TILE_IN * min(1.6, max(0.5, height / width)) + 0.9)
        grid = figure.subplots(2, 4)
        for axes in grid.flat:
            axes.set_axis_off()
        _image(grid[0, 0], moving, "moving", mask)
        _image(grid[0, 1], warped, "moving, deformed", warped_mask)
        _image(grid[0, 2], fixed, "fixed", warped_mask)
        _grid(grid[0, 3], displacement_px)
        _differences(figure, grid[1, 0], grid[1, 1], moving - fixed, warped - fixed)
        _displacement(figure, grid[1, 2], displacement_px)
        _jacobian(figure, grid[1, 3], cell_jacobian(displacement_px))
    return figure


def cell_jacobian(displacement_px: Array) -> NDArray[np.floating]:
    """Smallest determinant at the four corners of each cell between pixels, (H - 1, W - 1); 0 or less is a fold."""
    by_row, by_column = np.diff(displacement_px, axis=1), np.diff(displacement_px, axis=2)
    corners = [
        (1 + row[0]) * (1 + column[1]) - row[1] * column[0]
        for row in (by_row[:, :, :-1], by_row[:, :, 1:])
        for column in (by_column[:, :-1], by_column[:, 1:])
    ]
    smallest: NDArray[np.floating] = np.min(corners, axis=0)
    return smallest


def _image(axes: Axes, image: Array, title: str, mask: Array | None) -> None:
    axes.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_title(title)
    if mask is not None and (inside := np.asarray(mask) != 0).any() and not inside.all():
        axes.contour(inside.astype(float), levels=[0.5], colors=[OUTLINE], linewidths=1.1)


def _grid(axes: Axes, displacement_px: Array) -> None:
    """Lines that are straight and evenly spaced in the moving image, as the deformation leaves them."""
    _, height, width = displacement_px.shape
    spacing = max(height, width) / _LINES
    rows, columns = np.mgrid[:height, :width]
    for place, n in ((rows + displacement_px[0], height), (columns + displacement_px[1], width)):
        levels = np.arange(-n, 2 * n, spacing) + spacing / 2 - 0.5
        axes.contour(place, levels=levels, colors=[LIGHT["blue"]], linewidths=0.8, linestyles="solid")
    axes.set_aspect("equal")
    axes.set_xlim(-0.5, width - 0.5)
    axes.set_ylim(height - 0.5, -0.5)
    axes.set_title("grid, deformed")


def _differences(figure: Figure, left: Axes, right: Axes, before: Array, after: Array) -> None:
    for axes, difference, name in ((left, before, "before"), (right, after, "after")):
        drawn = axes.imshow(difference, cmap="RdBu", vmin=-1, vmax=1, interpolation="nearest")
        axes.set_title(f"difference {name}: {np.abs(difference).mean():.3f}")
    _bar(figure, left, drawn).set_ticks([-1, 0, 1])
    _bar(figure, right, drawn).set_ticks([-1, 0, 1])


def _displacement(figure: Figure, axes: Axes, displacement_px: Array) -> None:
    drawn = axes.imshow(np.linalg.norm(displacement_px, axis=0), cmap="Blues", vmin=0)
    axes.set_title("displacement [px]")
    _bar(figure, axes, drawn)


def _jacobian(figure: Figure, axes: Axes, jacobian: Array) -> None:
    """On a logarithmic scale about 1; folds, which have no logarithm, are marked."""
    folded = jacobian <= 0
    drawn = axes.imshow(np.log2(np.where(folded, 1, jacobian)), cmap="PuOr", vmin=-2, vmax=2, interpolation="nearest")
    if folded.any():
        rows, columns = np.nonzero(folded)
        axes.scatter(columns, rows, s=14, marker="x", color=FOLD, linewidths=1)
    count = int(folded.sum())
    axes.set_title(f"Jacobian, {count or 'no'} fold{'s' * (count != 1)}")
    _bar(figure, axes, drawn).set_ticks([-2, -1, 0, 1, 2], labels=["1/4", "1/2", "1", "2", "4"])


def _bar(figure: Figure, axes: Axes, drawn: AxesImage) -> Colorbar:
    """Below its panel, so that the columns of panels stay in line."""
    bar = figure.colorbar(drawn, ax=axes, orientation="horizontal", shrink=0.7, aspect=24, pad=0.03)
    bar.outline.set_visible(False)
    return bar
