"""Change of the probability of doing nothing, a row a group: background beside foreground, over seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from segaug.analysis.policies.cells import PolicyCell
from segaug.analysis.policies.changes import Change
from segaug.findings.numbers import p_equals
from segaug.findings.policies import effect_words, group_words, option_words
from segaug.report.look.palette import LIGHT
from segaug.report.look.theme import panel_title
from segaug.report.marks.marks import Tooltips
from segaug.report.marks.rows import label_rows, rows_figure, rows_panel
from segaug.report.policies.class_looks import CLASS_LOOKS, class_signs, mark
from segaug.report.policies.shown import titled
from segaug.report.study.study import Study

CHANGE_CAPTION = (
    "What the policies have learned, at the largest N: change of the probability that nothing of a group is done, end "
    "minus start.  Left of 0: more augmentation than at the start, right of 0: less.\nMarks: means over seeds; bars: "
    "95 % Student's t intervals over seeds, each group by itself; strokes: single seeds. Filled: more than chance, by "
    "a t test of the log-odds and Holm over the groups of a policy. One seed's policy wanders even where there is "
    "nothing to find: read the bars."
)
_XLABEL = "change of P(nothing is done)"
_ASIDE = {1: (0.0,), 2: (-0.19, 0.19)}  # of the marks of a row, in rows
_ROOM = 1.1


@dataclass(frozen=True)
class _Row:
    label: str
    heading: bool = False


def change_panel(study: Study, cell: PolicyCell) -> tuple[Figure, Tooltips]:
    """Of one cell."""
    rows = [_Row(group_words(group)) for group in cell.groups]
    figure, axes = rows_panel(rows)
    tooltips = _draw(axes, rows, cell, _reach([cell]))
    panel_title(axes, *titled(study, cell))
    return figure, tooltips


def change_figure(study: Study, cells: Sequence[PolicyCell], note: str) -> Figure:
    """Cells of the same groups side by side, for a paper."""
    rows = [_Row(group_words(group)) for group in cells[0].groups]
    names = [name for name in CLASS_LOOKS if any(policy.name == name for cell in cells for policy in cell.classes)]
    figure, panels = rows_figure(rows, len(cells), class_signs(names), note)
    for axes, cell in zip(panels, cells, strict=True):
        _draw(axes, rows, cell, _reach(cells))
        panel_title(axes, *titled(study, cell))
    return figure


def _draw(axes: Axes, rows: Sequence[_Row], cell: PolicyCell, reach: float) -> Tooltips:
    axes.set_xlim(-reach, reach)
    axes.axvline(0, color=LIGHT["ink"], linewidth=0.9, zorder=1)
    tooltips: Tooltips = {}
    for policy, aside in zip(cell.classes, _ASIDE[len(cell.classes)], strict=True):
        for place, change in enumerate(policy.changes):
            gid = f"{policy.name}-{place}"
            _draw_change(axes, policy.name, change, place + aside, gid)
            tooltips[gid] = [_tooltip(policy.name, change)]
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+g}" if value else "0")
    label_rows(axes, rows, _XLABEL)
    return tooltips


def _draw_change(axes: Axes, name: str, change: Change, height: float, gid: str) -> None:
    colour = CLASS_LOOKS[name].light
    heights = [height] * len(change.by_seed)
    axes.plot(
        change.by_seed, heights, linestyle="none", marker="|", markersize=4, color=colour, alpha=0.5, zorder=2,
        gid=f"seeds-{gid}",
    )  # fmt: skip
    if interval := change.effect.interval:
        axes.plot([interval.low, interval.high], [height, height], color=colour, linewidth=1.2, zorder=2.5)
    axes.plot([change.effect.mean], [height], zorder=3, gid=gid, **mark(name, clear=change.clear))


def _tooltip(name: str, change: Change) -> str:
    ends = f"{change.start:.2f} to {change.end:.2f}, {effect_words(change.effect)}"
    p = f", {p_equals(change.p_holm)} by Holm" if change.p_holm == change.p_holm else ""
    risen = f"{option_words(change.group, change.risen)} rose most, by {change.risen_by:.2f}"
    return f"{group_words(change.group)}, {name}: P(nothing) {ends}{p}\n{risen}"


def _reach(cells: Sequence[PolicyCell]) -> float:
    """Of the axis to either side: it holds every seed and interval, but no further than probabilities can change."""
    ends = [
        abs(end)
        for cell in cells
        for policy in cell.classes
        for change in policy.changes
        for interval in [change.effect.interval]
        for end in (*change.by_seed, *((interval.low, interval.high) if interval else ()))
    ]
    return min(max(*ends, 0.05), 1.0) * _ROOM
