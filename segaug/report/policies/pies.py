"""Policies as rings, a column a group: where they started, and what became of background and foreground.

The published figure has pies; the hole has room for the number that matters.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Wedge

from segaug.analysis.policies.cells import PolicyCell
from segaug.findings.policies import group_words, option_words
from segaug.policy_file import ALL
from segaug.report.look.palette import LIGHT
from segaug.report.look.theme import note_height_in, write_note
from segaug.report.look.wording import lines

PIE_CAPTION = (
    "Probability of each option, a ring a group, mean over seeds: the paper's pies.  Clockwise from the top; grey: "
    "nothing is done, with its probability in the middle; then the options, the fuller the colour the larger the "
    "magnitude.\nA bold number has changed by more than chance: t test of the log-odds over seeds, Holm over groups."
)
_CELL_IN, _LEFT_IN, _TOP_IN, _GAP_IN = 0.72, 0.92, 0.42, 0.06
_RADIUS_IN, _HOLE = 0.31, 0.58  # share of the radius
_LEGEND_IN = 0.3
_LETTERS_A_LINE = 11
_FAMILIES = (  # beginning of a group's name -> colour, and what they do
    (("scale", "rotation", "mirror"), "blue", "moves pixels"),
    (("gamma", "inverted", "shift", "intensity", "contrast"), "green", "changes grey values"),
    (("filter", "noise", "low"), "orange", "blurs, adds noise, coarsens"),
)
_SHARPEN, _OTHER = "vermillion", "purple"
_PALEST, _FLIP = 0.3, 0.6  # opacity of the smallest magnitude, and of what has none


def pie_drawing(cell: PolicyCell) -> Figure:
    """Of one cell."""
    return _figure(cell, 0.0)


def pie_figure(cell: PolicyCell, note: str) -> Figure:
    """The same for a paper, with small print."""
    figure = _figure(cell, note_height_in(note, _width_in(cell)) + _GAP_IN)
    write_note(figure, note)
    return figure


def _figure(cell: PolicyCell, foot_in: float) -> Figure:
    rows = list(_rows(cell))
    width = _width_in(cell)
    height = _TOP_IN + (_CELL_IN + _GAP_IN) * len(rows) + _LEGEND_IN + foot_in
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    for column, group in enumerate(cell.groups):
        middle = _LEFT_IN + _CELL_IN * (column + 0.5)
        title = lines(group_words(group), _LETTERS_A_LINE)
        axes.text(middle, height - _TOP_IN + 0.06, title, ha="center", va="baseline", fontsize=7, linespacing=1.25)
        for row, (_, means, clear) in enumerate(rows):
            at = height - _TOP_IN - (_CELL_IN + _GAP_IN) * (row + 0.5)
            _ring(axes, (middle, at), group, cell.groups[group], means[group], bold=group in clear)
    for row, (label, *_) in enumerate(rows):
        at = height - _TOP_IN - (_CELL_IN + _GAP_IN) * (row + 0.5)
        axes.text(0.06, at, label, va="center", fontsize=8, fontweight="bold")
    figure.legend(
        handles=_signs(), loc="lower left", bbox_to_anchor=(0.0, foot_in / height), ncols=5, fontsize=7,
        handlelength=1.2, columnspacing=1.4, borderaxespad=0.3,
    )  # fmt: skip
    return figure


def _width_in(cell: PolicyCell) -> float:
    return _LEFT_IN + _CELL_IN * len(cell.groups)


def _rows(cell: PolicyCell) -> Iterator[tuple[str, Mapping[str, np.ndarray], set[str]]]:
    """What each row is called, its mean probabilities, and the groups of it that have changed by more than chance."""
    first = cell.classes[0]
    yield "start", {group: values.mean(axis=0) for group, values in first.start.items()}, set()
    for policy in cell.classes:
        label = "learned" if policy.name == ALL else policy.name
        clear = {change.group for change in policy.changes if change.clear}
        yield label, {group: values.mean(axis=0) for group, values in policy.end.items()}, clear


def _ring(
    axes: Axes, middle: tuple[float, float], group: str, options: Sequence[str], means: np.ndarray, *, bold: bool
) -> None:
    ends = 90 - 360 * np.concatenate([[0.0], np.cumsum(means)])
    for option, begin, end, face in zip(options, ends, ends[1:], _faces(group, options), strict=False):
        if begin - end > 0:
            axes.add_patch(
                Wedge(
                    middle, _RADIUS_IN, end, begin, width=_RADIUS_IN * (1 - _HOLE), edgecolor=LIGHT["paper"],
                    linewidth=0.5, gid=f"{group}/{option_words(group, option)}", **face,
                )
            )  # fmt: skip
    weight = "bold" if bold else "normal"
    axes.text(*middle, f"{means[0]:.2f}", ha="center", va="center_baseline", fontsize=7, fontweight=weight)


def _faces(group: str, options: Sequence[str]) -> list[dict]:
    """Of each option: grey, then ever darker as magnitudes grow; a group of two ladders has two colours."""
    colour = next((name for begins, name, _ in _FAMILIES if group.startswith(begins)), _OTHER)
    ladders = [option.rpartition("_")[0] for option in options[1:]]
    seen = dict.fromkeys(ladders, 0)
    faces: list[dict] = [{"facecolor": LIGHT["grid"]}]
    for ladder in ladders:
        steps = ladders.count(ladder) - 1
        opacity = _PALEST + (1 - _PALEST) * seen[ladder] / steps if steps else _FLIP
        seen[ladder] += 1
        faces.append({"facecolor": LIGHT[_SHARPEN if ladder == "sharpen" else colour], "alpha": opacity})
    return faces


def _signs() -> list[Artist]:
    told = [(colour, words) for _, colour, words in _FAMILIES] + [(_SHARPEN, "sharpens")]
    nothing: Artist = Patch(facecolor=LIGHT["grid"], label="nothing is done")
    return [nothing, *(Patch(facecolor=LIGHT[colour], label=words) for colour, words in told)]
