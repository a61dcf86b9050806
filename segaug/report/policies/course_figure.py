"""The probability of doing nothing in the course of a training, a panel a group."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from segaug.analysis.policies.cells import PolicyCell
from segaug.findings.policies import group_words
from segaug.report.look.sheet import sheet
from segaug.report.look.theme import panel_title
from segaug.report.policies.class_looks import CLASS_LOOKS, class_signs

COURSE_CAPTION = (
    "In the course of the training: probability that nothing of a group is done, at the updates that the records have. "
    "Strong: mean over seeds; faint: single seeds. A line that is still falling at the end has not arrived."
)
_PANEL_IN, _COLUMNS = (2.15, 1.75), 4


def has_course(cell: PolicyCell) -> bool:
    """Are there two moments or more that all seeds share?"""
    return all(len(policy.updates) > 1 for policy in cell.classes)


def course_figure(cell: PolicyCell, note: str) -> Figure:
    """All groups of a cell."""
    names = [policy.name for policy in cell.classes]
    page = sheet(
        -(-len(cell.groups) // _COLUMNS), _COLUMNS, _PANEL_IN, signs=class_signs(names)[: len(names)],
        xlabel="update", ylabel="P(nothing is done)", note=note,
    )  # fmt: skip
    for place, group in enumerate(cell.groups):
        axes = page.panel(*divmod(place, _COLUMNS))
        _draw(axes, cell, group)
        panel_title(axes, group_words(group))
    return page.figure


def _draw(axes: Axes, cell: PolicyCell, group: str) -> None:
    for policy in cell.classes:
        style, moments = CLASS_LOOKS[policy.name], policy.nothing[group]
        for own in moments:
            axes.plot(policy.updates, own, color=style.light, linewidth=0.6, alpha=0.35, zorder=2)
        axes.plot(
            policy.updates, moments.mean(axis=0), color=style.light, linestyle=style.line, linewidth=1.5, zorder=3,
            gid=f"course-{policy.name}",
        )  # fmt: skip
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.5, 1])
    axes.locator_params(axis="x", nbins=4)


def drawn_courses(cells: Sequence[PolicyCell]) -> list[PolicyCell]:
    """Those that have one."""
    return [cell for cell in cells if has_course(cell)]
