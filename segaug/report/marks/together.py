"""Strategies that one panel can tell apart: more of them stand in panels below each other, each beside the baseline."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from segaug.report.look.theme import PANEL_IN, add_panel, panel_title
from segaug.report.look.wording import brief
from segaug.report.marks.marks import Tooltips, strategy_sign

BASELINE = "baseline"
MOST = 8  # strategies in a panel
_SIGN_ROW_IN = 0.16
_SIGN_COLUMNS = 2
_LETTERS = 24  # of a name in the legend of a part

Draw = Callable[[Axes, Sequence[str], int], Tooltips]  # axes, strategies, number of the first gid


def by_panel(strategies: Sequence[str]) -> list[list[str]]:
    """The strategies as they are, or in parts as even as they can be of at most `MOST`, the baseline in each."""
    if len(strategies) <= MOST:
        return [list(strategies)]
    first = [name for name in strategies if name == BASELINE]
    others = [name for name in strategies if name != BASELINE]
    count = -(-len(others) // (MOST - len(first)))
    ends = [len(others) * place // count for place in range(count + 1)]
    return [first + others[start:end] for start, end in pairwise(ends)]


def stacked_panels(title: Sequence[str], strategies: Sequence[str], draw: Draw) -> tuple[Figure, Tooltips]:
    """A figure of one panel, or of one a part with a legend of its own."""
    parts = by_panel(strategies)
    width, height = PANEL_IN
    legends = [signs_in(names) if len(parts) > 1 else 0.0 for names in parts]
    total = len(parts) * height + sum(legends)
    figure = Figure(figsize=(width, total))
    tooltips: Tooltips = {}
    top = total
    for place, (names, legend) in enumerate(zip(parts, legends, strict=True)):
        axes = add_panel(figure, (0.0, top - height, width, height))
        tooltips |= draw(axes, names, MOST * place)
        panel_title(axes, *numbered_title(title, place, len(parts)))
        top -= height
        if legend:
            write_signs(figure, names, top / total)
        top -= legend
    return figure, tooltips


def numbered_title(title: Sequence[str], place: int, count: int) -> tuple[str, ...]:
    """Of one of several panels."""
    return (*title[:-1], f"{title[-1]} ({place + 1} of {count})") if count > 1 else tuple(title)


def signs_in(names: Sequence[str]) -> float:
    """Height of a legend in inches."""
    return _SIGN_ROW_IN * -(-len(names) // _SIGN_COLUMNS) + 0.1


def write_signs(figure: Figure | SubFigure, names: Sequence[str], top: float) -> None:
    """A legend below `top`, in shares of the figure's height."""
    labels = brief(names, _LETTERS)
    figure.legend(
        handles=[strategy_sign(name, labels[name]) for name in names], loc="upper left", bbox_to_anchor=(0.0, top),
        ncols=_SIGN_COLUMNS, fontsize=7, handlelength=2.4, borderpad=0.2, borderaxespad=0.1, labelspacing=0.3,
    )  # fmt: skip
