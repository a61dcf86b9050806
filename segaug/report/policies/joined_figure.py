"""Which operations a prediction joins, with which weight, as the policy at test time has learned it."""

from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from segaug.analysis.policies.cells import AtTestTime, PolicyCell
from segaug.findings.operations import operation_names
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import panel_title
from segaug.report.marks.marks import Tooltips
from segaug.report.marks.rows import label_rows, rows_figure, rows_panel
from segaug.report.policies.shown import titled
from segaug.report.study.study import Study

JOINED_CAPTION = (
    "What a prediction joins, at the largest N: the operations of the policy at test time that any seed joins, and "
    "their weights.\nMarks: means over all seeds, 0 in those that do not join it; strokes: single seeds. Hollow: the "
    "probability at the start."
)
MOST_ROWS = 12  # operations, those of the largest mean weight


@dataclass(frozen=True)
class _Row:
    label: str
    operation: int
    heading: bool = False


def joined_panel(study: Study, cell: PolicyCell, policy: AtTestTime) -> tuple[Figure, Tooltips]:
    """Of one cell that has such a policy."""
    rows = _rows(cell, policy)
    figure, axes = rows_panel(rows)
    tooltips = _draw(axes, rows, cell, policy)
    panel_title(axes, *titled(study, cell))
    return figure, tooltips


def joined_figure(study: Study, cell: PolicyCell, policy: AtTestTime, note: str) -> Figure:
    """The same for a paper."""
    rows = _rows(cell, policy)
    figure, (axes,) = rows_figure(rows, 1, joined_signs(), note)
    _draw(axes, rows, cell, policy)
    panel_title(axes, *titled(study, cell))
    return figure


def joined_signs() -> list[Artist]:
    """Legend, whatever the strategy."""
    ink = LIGHT["ink"]
    dot: dict = {"linestyle": "none", "marker": "o", "markersize": 5, "markeredgecolor": ink}
    return [
        Line2D([], [], **dot, markerfacecolor=ink, label="weight, mean over seeds"),
        Line2D([], [], linestyle="none", marker="|", markersize=6, alpha=0.6, color=ink, label="one seed"),
        Line2D([], [], **dot, markerfacecolor=LIGHT["paper"], label="probability at the start"),
    ]


def _rows(cell: PolicyCell, policy: AtTestTime) -> list[_Row]:
    names = operation_names(cell.axes)
    return [_Row(names[operation], operation) for operation in policy.joined[:MOST_ROWS]]


def _draw(axes: Axes, rows: list[_Row], cell: PolicyCell, policy: AtTestTime) -> Tooltips:
    style, tooltips = look(cell.strategy), Tooltips()
    for place, row in enumerate(rows):
        weights, start = policy.weights[:, row.operation], float(policy.start[:, row.operation].mean())
        mean, count = float(weights.mean()), int((weights > 0).sum())
        axes.plot([0, mean], [place, place], color=style.light, linewidth=1.2, zorder=2)
        axes.plot(
            weights, [place] * len(weights), linestyle="none", marker="|", markersize=5, color=style.light, alpha=0.6,
            zorder=2.5,
        )  # fmt: skip
        dot: dict = {"linestyle": "none", "marker": "o", "markersize": 5, "markeredgecolor": style.light}
        axes.plot([start], [place], zorder=2.8, gid=f"start-{place}", **dot, markerfacecolor=LIGHT["paper"])
        axes.plot([mean], [place], zorder=3, gid=f"weight-{place}", **dot, markerfacecolor=style.light)
        joined = f"joined in {count} of {len(weights)} seeds"
        tooltips[f"weight-{place}"] = [f"{row.label}: mean weight {mean:.3f}, {joined}"]
        tooltips[f"start-{place}"] = [f"{row.label}: probability {start:.3f} at the start"]
    axes.set_xlim(-0.02, 1.02)
    label_rows(axes, rows, "weight in a prediction")
    return tooltips
