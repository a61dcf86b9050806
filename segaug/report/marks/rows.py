"""Rows of a forest plot: a name beside each, and headings between them."""

from collections.abc import Sequence
from typing import Protocol

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from segaug.report.look.sheet import legend_columns
from segaug.report.look.theme import TEXT_PT, note_height_in, write_note
from segaug.report.look.wording import brief

_ROW_IN = 0.185  # height of one row
_WIDTH_IN = 3.9
_TOP_IN, _BOTTOM_IN, _LEGEND_IN = 0.3, 0.5, 0.3
_COLUMN_IN = 2.0  # width of one of several panels in a figure for a paper
_LETTER_IN, _LEAST_NAMES_IN = 0.068, 0.6
_MOST_LETTERS = 26  # of a name beside its row
_HEADING_LEFT_IN, _MOST_HEADING_LETTERS = 0.04, 50


class Row(Protocol):
    """From above, number 0 first."""

    @property
    def label(self) -> str:
        """Its name."""

    @property
    def heading(self) -> bool:
        """Does it stand over the rows below it, without marks?"""


def rows_panel(rows: Sequence[Row]) -> tuple[Figure, Axes]:
    """A figure of one panel; row i is at height i of its axes."""
    height, left = _TOP_IN + _BOTTOM_IN + _ROW_IN * len(rows), _names_in(rows) / _WIDTH_IN
    figure = Figure(figsize=(_WIDTH_IN, height))
    box = (left, _BOTTOM_IN / height, 1 - 0.1 / _WIDTH_IN - left, _ROW_IN * len(rows) / height)
    axes = figure.add_axes(box)
    _name_rows(axes, rows)
    _write_headings(figure, axes, rows)
    return figure, axes


def rows_figure(rows: Sequence[Row], columns: int, signs: Sequence[Artist], note: str) -> tuple[Figure, Sequence[Axes]]:
    """A figure for a paper of several panels side by side, with a legend above them and small print below."""
    width = _names_in(rows) + _COLUMN_IN * columns
    foot, body = note_height_in(note, width) + _BOTTOM_IN, _ROW_IN * len(rows)
    signs_beside = legend_columns(signs, width)
    height = foot + body + _TOP_IN + _LEGEND_IN * -(-len(signs) // signs_beside)
    figure = Figure(figsize=(width, height))
    panels = []
    for index in range(columns):
        left = _names_in(rows) + _COLUMN_IN * index
        axes = figure.add_axes((left / width, foot / height, 0.9 * _COLUMN_IN / width, body / height))
        _name_rows(axes, rows)
        axes.tick_params(labelleft=index == 0)
        panels.append(axes)
    _write_headings(figure, panels[0], rows)
    figure.legend(handles=signs, loc="upper left", bbox_to_anchor=(0, 1), ncols=signs_beside, borderaxespad=0.2)
    write_note(figure, note)
    return figure, panels


def draw_bar(
    axes: Axes, row: int, ends: tuple[float, float], colour: str, limits: tuple[float, float],
    beyond: tuple[bool, bool],
) -> None:  # fmt: skip
    """From one end to the other, as far as the axis goes.  beyond: does it go on there?  Then it ends in an arrow."""
    shown = max(ends[0], limits[0]), min(ends[1], limits[1])
    axes.plot(shown, [row, row], color=colour, linewidth=1.3, zorder=2)
    for edge, goes_on, sign in zip(shown, beyond, "<>", strict=True):
        if goes_on:
            axes.plot([edge], [row], marker=sign, markersize=4, color=colour, zorder=2, clip_on=False)


def label_rows(axes: Axes, rows: Sequence[Row], text: str) -> None:
    """Below the x axis, at one distance however many rows there are."""
    axes.set_xlabel(text)
    axes.xaxis.set_label_coords(0.5, -0.32 / (_ROW_IN * len(rows)))


def _names_in(rows: Sequence[Row]) -> float:
    """Width of the names beside the rows."""
    return 0.15 + _LETTER_IN * max(
        len(label) for row, label in zip(rows, _labels(rows), strict=True) if not row.heading
    )


def _labels(rows: Sequence[Row]) -> list[str]:
    short = brief((row.label for row in rows if not row.heading), _MOST_LETTERS)
    return ["" if row.heading else short[row.label] for row in rows]


def _name_rows(axes: Axes, rows: Sequence[Row]) -> None:
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), _labels(rows))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)


def _write_headings(figure: Figure, axes: Axes, rows: Sequence[Row]) -> None:
    """From the left edge of the figure, over the axes: their row has no marks."""
    where = blended_transform_factory(figure.transFigure, axes.transData)
    left = _HEADING_LEFT_IN / figure.get_size_inches()[0]
    for place, row in enumerate(rows):
        if row.heading:
            label = brief([row.label], _MOST_HEADING_LETTERS)[row.label]
            axes.text(left, place, label, transform=where, va="center", fontweight="bold", fontsize=TEXT_PT - 0.5)
