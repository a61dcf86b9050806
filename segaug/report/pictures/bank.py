"""A figure of a bank of made images: each source, what the model keeps of it, its samples, and what they resemble."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from segaug.findings.numbers import number
from segaug.report.look.palette import LIGHT
from segaug.report.look.pictures import Array, pixels, show, structure_signs
from segaug.report.look.theme import new_figure
from segaug.results.bank_pictures import BankPictures

TILE_IN = 1.15
_TEXT_IN = 0.22  # below each row
_BOX, _FRAME = LIGHT["sky"], LIGHT["green"]
_FRAME_PT = 2.4
_DIMMED = 0.5  # opacity of a sample that is not trained on
_BOX_NOTE = "Blue, dashed: what was to be kept of the source. "
_NOTE = (
    "Orange: the structure. {box}Below each sample: its number j and score; framed: trained on, dimmed: rejected. Last "
    "column: the real image, not the source, that any of these samples is most like, and below it which one, and their "
    "distance{outside} (rms grey value)."
)


def bank_figure(bank: BankPictures, structures: Sequence[str] = ("",), title: str = "") -> Figure:
    """A row a source.  structures: K names, for the legend where there are several."""
    n, k = bank.score.shape
    whole = bool(bank.kept_px.any())  # else nothing was compressed: these samples are the source, transformed
    columns = 1 + whole + k + 1
    tile_in = TILE_IN * bank.image.shape[-2] / bank.image.shape[-1]
    figure = new_figure(TILE_IN * columns, (tile_in + _TEXT_IN) * n + 0.25 + (0.25 if title else 0))
    grid = figure.subplots(n, columns, squeeze=False)
    for row, axes in enumerate(grid):
        _draw_row(axes.tolist(), bank, row, whole)
    names = ["source", *["reconstruction"] * whole, "samples", *[""] * (k - 1), "nearest real"]
    for axes, name in zip(grid[0], names, strict=True):
        axes.set_title(name, fontweight="normal")
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=9)
    if signs := structure_signs(structures):
        figure.legend(handles=signs, loc="outside lower left", frameon=False, ncols=len(signs))
    return figure


def bank_note(bank: BankPictures) -> str:
    """How to read the figure."""
    if bank.kept_px.any():
        return _NOTE.format(box=_BOX_NOTE, outside=" outside of what was kept")
    return _NOTE.format(box="", outside="")


def _draw_row(grid: Sequence[Axes], bank: BankPictures, row: int, whole: bool) -> None:
    source, *rest, nearest = grid
    samples = rest[1:] if whole else rest
    for axes in grid:
        axes.set(xticks=[], yticks=[])
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
    show(source, bank.image[row] / 255, bank.label[row])
    if whole:
        _outline(source, bank.kept_px[row])
        rest[0].imshow(pixels(bank.reconstruction[row] / 255), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    for j, axes in enumerate(samples):
        _draw_sample(axes, bank, row, j)
    nearest.imshow(pixels(bank.nearest[row] / 255), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    nearest.set_xlabel(f"j = {bank.likest[row]}: {number(float(bank.distance[row]))}", labelpad=3.5)


def _draw_sample(axes: Axes, bank: BankPictures, row: int, j: int) -> None:
    chosen = bool(bank.chosen[row, j])
    show(axes, bank.made[row, j] / 255, bank.made_label[row, j])
    axes.set_xlabel(f"j = {j}: {bank.score[row, j]:.3f}", labelpad=3.5, color=LIGHT["ink" if chosen else "muted"])
    height, width = bank.made.shape[-2:]
    if chosen:
        frame = Rectangle((-1, -1), width + 1, height + 1, fill=False, edgecolor=_FRAME, linewidth=_FRAME_PT)
        frame.set_gid(f"kept-{row}-{j}")
        frame.set_clip_on(False)
        axes.add_artist(frame)  # no patch, which would widen the limits
    else:
        veil = Rectangle((-0.5, -0.5), width, height, color=LIGHT["paper"], alpha=1 - _DIMMED, linewidth=0, zorder=3)
        axes.add_artist(veil)


def _outline(axes: Axes, kept_px: Array) -> None:
    """Of the pixels themselves, so that the borders of a box are straight."""
    inside = np.pad(np.kron(kept_px, np.ones((8, 8))), 8)
    rows, columns = ((np.arange(side) - 8 + 0.5) / 8 - 0.5 for side in inside.shape)
    if inside.any():
        axes.contour(columns, rows, inside, levels=[0.5], colors=[_BOX], linewidths=1.1, linestyles="--")
        axes.set_xlim(-0.5, kept_px.shape[1] - 0.5)
        axes.set_ylim(kept_px.shape[0] - 0.5, -0.5)
