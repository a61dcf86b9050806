"""A figure of a joint phase: how a generator and the networks around it did while they were trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from segaug.report.look.palette import LIGHT
from segaug.report.look.theme import new_figure, themed

_PANEL_IN = (2.6, 2.0)
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


def joint_phase_figure(phases: Sequence[Phase], title: str = "") -> Figure:
    """One phase a row: validation Dice, size of what is generated, the discriminator, the gradients."""
    with themed():
        figure = new_figure(4 * _PANEL_IN[0], _PANEL_IN[1] * len(phases) + (0.4 if title else 0.1))
        for row, phase in zip(figure.subplots(len(phases), 4, squeeze=False), phases, strict=True):
            _row(row, phase)
        if title:
            figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=9)
    return figure


def _row(panels: NDArray[np.object_], phase: Phase) -> None:
    dice, size, judge, gradients = panels
    _line(dice, phase, "dice", f"{phase.kind}: validation Dice")
    unit = "mean |v| (px of 224)" if phase.kind == "deformation" else "mean change of grey"
    _line(size, phase, "magnitude", unit)
    size.set_ylim(bottom=0)
    _line(judge, phase, "accuracy", "discriminator right")
    judge.axhline(0.5, color=LIGHT["muted"], linewidth=0.8, linestyle=(0, (4, 2)))
    judge.set_ylim(0, 1.02)
    for name, colour in _TERMS.items():
        _line(gradients, phase, name, "gradient of each term", colour)
    gradients.set_yscale("log")
    handles = [line for line in gradients.lines if not line.get_label().startswith("_")]
    if handles:
        low, high = gradients.get_ylim()
        gradients.set_ylim(low, high * (high / low) ** 0.2)  # room for the legend above the lines
        gradients.legend(handles=handles, loc="upper left", ncols=3, fontsize=6, handlelength=0.8, columnspacing=0.8)
    for axes in panels:
        axes.axvline(phase.chosen, color=LIGHT["muted"], linewidth=1.0, gid="chosen")
        axes.set_xlabel("joint update")


def _line(axes: Axes, phase: Phase, name: str, title: str, colour: str = "blue") -> None:
    """Nothing where nothing was measured, and no point where a logarithm has none."""
    values = np.array([np.nan if value is None else value for value in phase.history[name]], dtype=float)
    if name.startswith("gradient"):
        values[values <= 0] = np.nan
    axes.set_title(title)
    updates = np.array(phase.history["update"], dtype=float)
    if np.isfinite(values).any():
        label = name.removeprefix("gradient_") if name.startswith("gradient") else "_"
        axes.plot(updates, values, color=LIGHT[colour], marker="o", markersize=2.5, label=label)
