"""The contact sheet as one figure, for a file: each case as image, filled mask and outline."""

from matplotlib.artist import Artist
from matplotlib.figure import Figure

from segaug.report.dataset.looked_at import LookedAt
from segaug.report.dataset.tiles import STRIPE, filled
from segaug.report.look.pictures import TILE_IN, ignored_sign, pixels, show, structure_signs
from segaug.report.look.theme import TEXT_PT, new_figure
from segaug.report.look.wording import brief

_ACROSS = 3  # cases
_LETTERS = 46  # of a name above three tiles


def sheet_figure(looked: LookedAt) -> Figure:
    """Three cases in a row, three tiles each."""
    down = -(-len(looked.cases) // _ACROSS)
    signs: list[Artist] = [
        *structure_signs(looked.structures),
        *([ignored_sign(f"#{bytes(STRIPE).hex()}")] if looked.ignores else []),
    ]
    figure = new_figure(3 * _ACROSS * TILE_IN, down * (TILE_IN + 0.25) + 0.35 + 0.25 * bool(signs))
    grid = figure.subplots(down, 3 * _ACROSS, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for place, case in enumerate(looked.cases):
        row, column = place // _ACROSS, 3 * (place % _ACROSS)
        plain, mask, outline = grid[row, column : column + 3]
        plain.imshow(pixels(case.image), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        title = f"{case.name}: {case.words}"
        plain.set_title(brief([title], _LETTERS)[title], fontsize=TEXT_PT - 2, fontweight="normal")
        if case.label is not None:
            mask.imshow(filled(case.label, case.ignored), interpolation="nearest")
            show(outline, case.image, case.label)
    figure.suptitle(f"{looked.name}: image, filled mask, outline", x=0.01, ha="left", fontweight="bold", fontsize=9)
    if signs:
        figure.legend(handles=signs, loc="outside lower left", ncols=len(signs))
    return figure
