"""How every figure of the report is set: calm axes, light grid, one type size, nothing that depends on the machine."""

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from segaug.report.palette import LIGHT

TEXT_PT = 8.5
_RC = {
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": TEXT_PT,
    "axes.titlesize": TEXT_PT + 0.5, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.titlepad": 7,
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


def panel_figure(width_in: float, height_in: float) -> tuple[Figure, Axes]:
    """A figure of one panel with fixed margins, so that panels in a grid line up."""
    figure = Figure(figsize=(width_in, height_in))
    left, right, bottom, top = 0.6 / width_in, 1 - 0.1 / width_in, 0.56 / height_in, 1 - 0.3 / height_in
    return figure, figure.add_axes((left, bottom, right - left, top - bottom))


def size_axis(axes: Axes, sizes: list[int]) -> None:
    """Logarithmic x axis that names exactly the sizes of the study."""
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(sizes[0] / 1.3, sizes[-1] * 1.3)
    if len(sizes) > 1 and max(len(str(size)) for size in sizes) * len(sizes) > 26:
        axes.tick_params(axis="x", labelrotation=45)


def error_axis(axes: Axes, log: bool) -> None:
    """Plain decimal numbers, also where the axis is logarithmic."""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    if log:
        axes.set_yscale("log")
        low, high = axes.get_ylim()
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 300 else (1,)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.yaxis.set_minor_locator(NullLocator())
