"""How every figure of the report is set: calm axes, light grid, one type size, nothing that depends on the machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import wrap
from typing import Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from segaug.report.look.palette import LIGHT
from segaug.report.look.wording import brief

TEXT_PT = 8.5
PANEL_IN = (3.9, 3.0)  # width, height of one panel on the page; its type is set to be read at this width on a phone
_NOTE_PT = 6.5
_LETTER_WIDTH = 0.68  # of bold type, in its size
_LETTERS_PER_IN = 21  # of the note's type
_RC = {
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": TEXT_PT,
    "axes.titlesize": TEXT_PT + 0.5, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.titlepad": 7,
    "axes.titley": 1.0,  # no search for a free place, which takes a fifth of the time
    "axes.labelsize": TEXT_PT, "xtick.labelsize": TEXT_PT - 0.5, "ytick.labelsize": TEXT_PT - 0.5,
    "legend.fontsize": TEXT_PT, "legend.frameon": False, "legend.handlelength": 3.0,
    "figure.facecolor": LIGHT["paper"], "axes.facecolor": LIGHT["paper"], "savefig.facecolor": LIGHT["paper"],
    "text.color": LIGHT["ink"], "axes.labelcolor": LIGHT["ink"], "axes.titlecolor": LIGHT["ink"],
    "axes.edgecolor": LIGHT["muted"], "axes.linewidth": 0.6, "axes.spines.top": False, "axes.spines.right": False,
    "xtick.color": LIGHT["muted"], "ytick.color": LIGHT["muted"], "xtick.labelcolor": LIGHT["ink"],
    "ytick.labelcolor": LIGHT["ink"], "xtick.major.size": 2.5, "ytick.major.size": 2.5,
    "xtick.major.width": 0.6, "ytick.major.width": 0.6, "axes.axisbelow": True,
    "axes.grid": True, "grid.color": LIGHT["grid"], "grid.linewidth": 0.6,
    "lines.linewidth": 1.4, "lines.markersize": 4.5, "lines.markeredgewidth": 0.8,
    "svg.fonttype": "none", "svg.hashsalt": "segaug", "savefig.dpi": 300, "text.usetex": False,
    "text.parse_math": False,  # a $ in somebody's name begins no formula, least of all one that ends the drawing
}  # fmt: skip


@contextmanager
def themed() -> Iterator[None]:
    """Draw and save inside this context; the user's own matplotlib settings are neither read nor changed."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)  # type: ignore[arg-type]  # matplotlib types the names, older releases do not
        yield


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure that no global state knows of; its axes are laid out so that no text is cut."""
    return Figure(figsize=(width_in, height_in), layout="constrained")


def panel_figure(width_in: float, height_in: float, right_in: float = 0.1) -> tuple[Figure, Axes]:
    """A figure of one panel with fixed margins, so that panels in a grid line up."""
    figure = Figure(figsize=(width_in, height_in))
    return figure, add_panel(figure, (0.0, 0.0, width_in, height_in), right_in)


def add_panel(figure: Figure, box_in: tuple[float, float, float, float], right_in: float = 0.1) -> Axes:
    """Axes inside a box (left, bottom, width, height); the margins hold title, ticks and labels.

    Nothing is measured: that would take most of the time of drawing.
    """
    width, height = figure.get_size_inches()
    left, bottom = box_in[0] + 0.6, box_in[1] + 0.56
    wide, high = box_in[2] - 0.6 - right_in, box_in[3] - 0.56 - 0.3
    axes = figure.add_axes((left / width, bottom / height, wide / width, high / height))
    axes.xaxis.set_label_coords(0.5, -0.29 / high)
    axes.yaxis.set_label_coords(-0.45 / wide, 0.5)
    return axes


def panel_title(axes: Axes, *parts: str) -> None:
    """Title of a panel from one or two parts; a long one takes two lines of small type."""
    width_pt = 72 * axes.bbox.width / axes.figure.dpi
    letters = int(width_pt / (_LETTER_WIDTH * (TEXT_PT - 2)))  # of the smallest type
    parts = tuple(brief([part], letters)[part] for part in parts)
    text = " · ".join(parts)
    room = width_pt / (_LETTER_WIDTH * max(len(text), 1))  # type size that fits on one line
    if len(parts) == 1 or room >= TEXT_PT:
        axes.set_title(text, fontsize=min(max(room, TEXT_PT - 2), TEXT_PT + 0.5))
    else:
        axes.set_title(" ·\n".join(parts), fontsize=TEXT_PT - 2, pad=2.5)


def figure_title(figure: Figure | SubFigure, text: str, fontsize: float = TEXT_PT) -> None:
    """Title of a figure of `new_figure`, on one line."""
    letters = int(72 * figure.bbox.width / figure.dpi / (_LETTER_WIDTH * fontsize))
    figure.suptitle(brief([text], letters)[text], x=0.01, ha="left", fontweight="bold", fontsize=fontsize)


def footnote(figure: Figure, text: str) -> None:
    """Small print below everything in a figure of `new_figure`: it says how to read the figure where no page does."""
    height = figure.get_size_inches()[1]
    room = write_note(figure, text) / height
    figure.set_layout_engine("constrained", rect=(0, room, 1, 1 - room))


def write_note(figure: Figure, text: str) -> float:
    """Small print at the lower edge.  Returns its height in inches."""
    width, height = figure.get_size_inches()
    lines = wrap(text, int(width * _LETTERS_PER_IN))
    figure.text(
        0.05 / width,
        0.04 / height,
        "\n".join(lines),
        va="bottom",
        color=LIGHT["muted"],
        fontsize=_NOTE_PT,
        linespacing=1.3,
    )
    return note_height_in(text, width)


def note_height_in(text: str, width_in: float) -> float:
    """Of small print in a figure of that width."""
    return (len(wrap(text, int(width_in * _LETTERS_PER_IN))) * _NOTE_PT * 1.3 + 4) / 72


def size_axis(axes: Axes, sizes: list[int], last: float = 0.0) -> None:
    """Logarithmic x axis that names exactly the sizes of the study; it reaches at least to `last`."""
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(sizes[0] / 1.3, max(sizes[-1], last) * 1.3)
    if len(sizes) > 1 and max(len(str(size)) for size in sizes) * len(sizes) > 26:
        axes.tick_params(axis="x", labelrotation=45, labelsize=TEXT_PT - 2)


def error_axis(axes: Axes, log: bool, axis: Literal["x", "y"] = "y") -> None:
    """Plain decimal numbers, also where the axis is logarithmic."""
    scale: Axis = axes.yaxis if axis == "y" else axes.xaxis
    if log:
        (axes.set_yscale if axis == "y" else axes.set_xscale)("log")
        low, high = scale.get_view_interval()
        scale.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 300 else (1,), numticks=12))
        scale.set_minor_formatter(NullFormatter())
        scale.set_minor_locator(NullLocator())
    scale.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
