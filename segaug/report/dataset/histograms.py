"""How foreground and grey values are spread over a data set, a panel each."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from segaug.report.dataset.looked_at import Site
from segaug.report.look.palette import LIGHT
from segaug.report.look.pictures import outline_of
from segaug.report.look.theme import PANEL_IN, TEXT_PT, panel_figure, panel_title

_BINS = 32
_MOST_SITES = 6  # with a line of their own
_HEADROOM = 1.3  # above all bins but one a line: often a black ground, beside which nothing else would be seen
_HUES = ("blue", "vermillion", "green", "orange", "purple", "sky")


def share_panel(shares: Mapping[str, Sequence[float]]) -> Figure:
    """Masks by the share of their pixels that is foreground, a line a structure."""
    figure, axes = panel_figure(*PANEL_IN)
    top = max((max(values) for values in shares.values() if len(values)), default=0.0) or 1.0
    edges = np.linspace(0, 100 * top, _BINS + 1)
    for place, (name, values) in enumerate(shares.items()):
        counts, _ = np.histogram(100 * np.asarray(values), edges)
        axes.stairs(counts, edges, color=outline_of(place).colour, linewidth=1.6, label=name)
    axes.set_xlabel("foreground [% of the pixels]")
    axes.set_ylabel("masks")
    if len(shares) > 1:
        axes.legend(fontsize=TEXT_PT - 1)
    panel_title(axes, "Foreground of each mask")
    return figure


def intensity_panel(sites: Sequence[Site]) -> Figure:
    """Share of the pixels by stored grey value, a line a site; beyond six sites, the others are one line."""
    figure, axes = panel_figure(*PANEL_IN)
    lines = [(site.name, site.values) for site in sites[:_MOST_SITES]]
    if rest := sites[_MOST_SITES:]:
        lines.append((f"{len(rest)} other sites", np.concatenate([site.values for site in rest])))
    values = np.concatenate([values for _, values in lines])
    edges = np.linspace(float(values.min()), max(float(values.max()), float(values.min()) + 1), 2 * _BINS + 1)
    heights = [100 * np.histogram(own, edges)[0] / len(own) for _, own in lines]
    for place, (name, _) in enumerate(lines):
        colour = LIGHT[_HUES[place]] if place < _MOST_SITES else LIGHT["muted"]
        axes.stairs(heights[place], edges, color=colour, linewidth=1.4, label=name or "all")
    axes.set_ylim(0, _HEADROOM * float(np.sort(np.concatenate(heights))[-1 - len(lines)]))
    axes.locator_params(axis="x", nbins=4)  # 16-bit and float values have many digits
    axes.set_xlabel("stored grey value (of colours: their mean)")
    axes.set_ylabel("pixels [%]")
    if len(lines) > 1:
        axes.legend(fontsize=TEXT_PT - 1)
    panel_title(axes, "Intensities")
    return figure
