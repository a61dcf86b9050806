"""Histograms of the scores of samples: those that were kept upon those that were rejected."""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from segaug.report.look.palette import LIGHT, look
from segaug.report.look.sheet import sheet
from segaug.report.look.theme import panel_figure, panel_title
from segaug.report.synthesis.banks import BankCell

SCORE_CAPTION = (
    "Scores of the samples, of all banks of a task, strategy and N.\nA score is the mean probability that a small "
    "network, trained on the labelled images alone, gives to the labelled pixels: it reacts to the surrounding, since "
    "what is inside of the box is the source's own. Full: kept; pale: rejected. Kept and rejected lie mixed where the "
    "filter draws at random, or ranks the samples of each bank, or source, by itself."
)
_PANEL_IN = (2.9, 2.2)
_BINS = 24
_PALE = 0.3  # opacity of what was rejected
ABREAST = 4  # panels, in a figure for a paper


def score_panel(cell: BankCell) -> Figure:
    """Of one cell."""
    figure, axes = panel_figure(*_PANEL_IN)
    _draw(axes, cell)
    axes.set(xlabel="score", ylabel="samples")
    return figure


def score_figure(cells: Sequence[BankCell], note: str) -> Figure:
    """Of all, for a paper."""
    columns = min(len(cells), ABREAST)
    page = sheet(
        -(-len(cells) // columns), columns, _PANEL_IN, signs=score_signs(), xlabel="score", ylabel="samples", note=note
    )
    for place, cell in enumerate(cells):
        axes = page.panel(*divmod(place, columns))
        _draw(axes, cell)
    return page.figure


def score_signs() -> list[Artist]:
    """Legend, whatever the strategy."""
    muted = LIGHT["muted"]
    return [Patch(facecolor=muted, label="kept"), Patch(facecolor=muted, alpha=_PALE, label="rejected")]


def _draw(axes: Axes, cell: BankCell) -> None:
    kept, rejected = (cell.scores(kept=is_kept) for is_kept in (True, False))
    edges = np.histogram_bin_edges([*kept, *rejected], bins=_BINS)
    counts = [np.histogram(values, edges)[0] for values in (kept, rejected)]
    colour = look(cell.strategy).light
    axes.stairs(counts[0], edges, fill=True, color=colour, gid="kept")
    axes.stairs(counts[0] + counts[1], edges, baseline=counts[0], fill=True, color=colour, alpha=_PALE, gid="rejected")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    panel_title(axes, f"{cell.task} · {cell.strategy}", f"N = {cell.size}")
