"""A figure of a joint phase: how a generator and the networks around it did while they were trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator
from numpy.typing import NDArray

from segaug.report.look.palette import LIGHT
from segaug.report.look.theme import error_axis, figure_title, new_figure, panel_title, themed

_PANEL_IN = (2.6, 2.0)
_ON_PAGE_IN = (1.95, 1.6)  # of which two stand side by side
_PANELS = 4
PUBLISHED_SIDE = 224  # px, of the images in whose pixels a history tells the size of fields
_TERMS = {"gradient_segmentation": "blue", "gradient_adversarial": "vermillion", "gradient_magnitude": "green"}


@dataclass(frozen=True)
class Phase:
    """A generator's training, as its artefact tells it.

    history: "update" and, at each of them, "dice", "magnitude", "accuracy" and the norms of three gradients; None where
    something was not measured.  chosen: the update of the generator that was kept, counted as in the history.
    """

    kind: str  # deformation | intensity
    history: Mapping[str, Sequence[float | None]]
    chosen: int

    @classmethod
    def of(cls, kind: str, facts: Mapping[str, Any]) -> "Phase":
        """kind: of the artefact.  facts: its own, or what a record says of it; there updates count the warm-up, too."""
        warmup = facts["updates"] - facts["history"]["update"][-1]
        return cls(kind.removeprefix("generator_"), facts["history"], facts["chosen_update"] - warmup)


def joint_phase_figure(phases: Sequence[Phase], title: str = "") -> Figure:
    """One phase a row: validation Dice, size of what is generated, the discriminator, the gradients."""
    with themed():
        figure = new_figure(_PANELS * _PANEL_IN[0], _PANEL_IN[1] * len(phases) + (0.4 if title else 0.1))
        for row, phase in zip(figure.subplots(len(phases), _PANELS, squeeze=False), phases, strict=True):
            _row(row, phase, f"{phase.kind}: ")
        if title:
            figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=9)
    return figure


def joint_phase_panel(phase: Phase, title: str) -> Figure:
    """The same four panels of one phase, two by two; the title ends with its kind."""
    figure = new_figure(2 * _ON_PAGE_IN[0], _PANELS / 2 * _ON_PAGE_IN[1] + 0.3)
    _row(figure.subplots(2, 2).ravel(), phase, names_beside=1)
    figure_title(figure, f"{title} · {phase.kind}")
    return figure


def _row(panels: NDArray[np.object_], phase: Phase, of: str = "", names_beside: int = len(_TERMS)) -> None:
    """of: before the title of the first one.  names_beside: how many names of terms stand side by side."""
    dice, size, judge, gradients = panels
    _line(dice, phase, "dice", f"{of}validation Dice")
    if phase.kind == "deformation":
        _line(size, phase, "magnitude", "mean |v| (% of side)", scale=100 / PUBLISHED_SIDE)
    else:
        _line(size, phase, "magnitude", "mean change of grey")
    size.set_ylim(bottom=0)
    _line(judge, phase, "accuracy", "discriminator right")
    judge.axhline(0.5, color=LIGHT["muted"], linewidth=0.8, linestyle=(0, (4, 2)))
    judge.set_ylim(0, 1.02)
    for name, colour in _TERMS.items():
        _line(gradients, phase, name, "gradient of each term", colour)
    error_axis(gradients, log=True)
    gradients.yaxis.set_major_locator(LogLocator(numticks=5))  # they span decades, in a low panel
    handles = [line for line in gradients.lines if not line.get_label().startswith("_")]
    if handles:
        low, high = gradients.get_ylim()
        lines = -(-len(handles) // names_beside)
        gradients.set_ylim(low, high * (high / low) ** (0.2 * lines))  # room for the legend above the lines
        gradients.legend(
            handles=handles, loc="upper left", ncols=names_beside, fontsize=6, handlelength=0.8, columnspacing=0.8,
            labelspacing=0.2,
        )  # fmt: skip
    for axes in panels:
        axes.axvline(phase.chosen, color=LIGHT["muted"], linewidth=1.0, gid="chosen")
        axes.set_xlabel("joint update")


def _line(axes: Axes, phase: Phase, name: str, title: str, colour: str = "blue", scale: float = 1.0) -> None:
    """Nothing where nothing was measured, and no point where a logarithm has none."""
    values = scale * np.array([np.nan if value is None else value for value in phase.history[name]], dtype=float)
    if name.startswith("gradient"):
        values[values <= 0] = np.nan
    panel_title(axes, title)
    updates = np.array(phase.history["update"], dtype=float)
    if np.isfinite(values).any():
        label = name.removeprefix("gradient_") if name.startswith("gradient") else "_"
        axes.plot(updates, values, color=LIGHT[colour], marker="o", markersize=2.5, label=label)
