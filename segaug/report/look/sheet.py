"""A figure for a paper: a grid of panels, one legend, shared axis labels, and small print that says what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from segaug.report.look.theme import TEXT_PT, add_panel, note_height_in, write_note
from segaug.report.look.wording import brief, lines

_LEGEND_ROW_IN, _SIGN_IN, _LETTER_IN = 0.19, 0.62, 0.068
_LABEL_IN, _SIDE_IN = 0.26, 0.2  # room of the shared labels, below and at the left
_OWN_LABEL_IN = 0.12  # that a panel keeps for a label of its own, which the shared one replaces
_MOST_LETTERS, _LETTERS_A_LINE = 100, 50  # of a name in the legend
_NARROWEST_IN = 4.6  # that a legend fits


@dataclass(frozen=True)
class Sheet:
    """The figure; a panel is there once it is asked for."""

    figure: Figure
    panel_in: tuple[float, float]  # width, height
    origin_in: tuple[float, float]  # left, top of the first one, from below

    def panel(self, row: int, column: int) -> Axes:
        """Axes at a place in the grid."""
        (width, height), (left, top) = self.panel_in, self.origin_in
        return add_panel(self.figure, (left + column * width, top - (row + 1) * height, width, height))


def sheet(
    rows: int,
    columns: int,
    panel_in: tuple[float, float],
    *,
    signs: Sequence[Artist],
    xlabel: str,
    ylabel: str,
    note: str,
    left_in: float = 0.0,
) -> Sheet:
    """Panels of one size (width, height).

    signs: of the legend, each with a label.  note: small print.  left_in: more room at the left.
    """
    for sign in signs:
        label = str(sign.get_label())
        sign.set_label(lines(brief([label], _MOST_LETTERS)[label], _LETTERS_A_LINE))
    panels = columns * panel_in[0] + _SIDE_IN + left_in
    width = max(panels, _NARROWEST_IN)
    columns_of_signs = legend_columns(signs, width)
    legend = _LEGEND_ROW_IN * _lines(signs, columns_of_signs) + 0.1 if signs else 0.0
    foot = note_height_in(note, width) + (_LABEL_IN if xlabel else 0.0)
    figure = Figure(figsize=(width, rows * panel_in[1] + legend + foot))
    write_note(figure, note)
    height = figure.get_size_inches()[1]
    if signs:
        figure.legend(
            handles=list(signs), loc="upper left", bbox_to_anchor=(0.0, 1.0), ncols=columns_of_signs, borderpad=0.2,
            borderaxespad=0.2,
        )  # fmt: skip
    middle = (foot + rows * panel_in[1] / 2) / height
    figure.text(0.06 / width, middle, ylabel, rotation=90, va="center", fontsize=TEXT_PT)
    below = panels if _LETTER_IN * len(xlabel) <= panels else width  # it may be wider than what it stands under
    figure.text(below / 2 / width, (foot - _LABEL_IN + 0.06) / height, xlabel, ha="center", fontsize=TEXT_PT)
    return Sheet(figure, panel_in, (left_in + _SIDE_IN - _OWN_LABEL_IN, foot + rows * panel_in[1]))


def legend_columns(signs: Sequence[Artist], width_in: float) -> int:
    """As many columns of a legend as its longest label leaves room for."""
    longest = max((len(line) for sign in signs for line in str(sign.get_label()).split("\n")), default=1)
    return max(1, min(len(signs), int(width_in / (_SIGN_IN + _LETTER_IN * longest))))


def _lines(signs: Sequence[Artist], columns: int) -> int:
    """Of the tallest column of a legend, which is filled column by column."""
    counts = [str(sign.get_label()).count("\n") + 1 for sign in signs]
    rows = -(-len(signs) // columns)
    return max(sum(counts[start : start + rows]) for start in range(0, len(signs), rows))
