"""Which learned policies of a study are drawn: of each task and model those of the largest N."""

from collections.abc import Sequence

from segaug.analysis.policies.cells import PolicyCell, policy_cells
from segaug.report.look.palette import in_order
from segaug.report.study.study import Study

MOST_DRAWN = 6  # cells; the table has all


def cells_of(study: Study) -> list[PolicyCell]:
    """All, of trials that converged: by task and model, strategies in the order of the palette, and N."""
    cells = policy_cells(study.ok)
    rank = {name: place for place, name in enumerate(in_order(cell.strategy for cell in cells))}
    return sorted(cells, key=lambda cell: (*cell.key[:2], rank[cell.strategy], cell.size))


def drawn(cells: Sequence[PolicyCell]) -> list[PolicyCell]:
    """The largest N of each curve, of the first `MOST_DRAWN` of these."""
    largest = {cell.key[:3]: cell for cell in cells}  # the last one wins: sizes ascend
    return list(largest.values())[:MOST_DRAWN]


def titled(study: Study, cell: PolicyCell) -> tuple[str, str]:
    """Of a panel: task and model where there are several, the strategy, and N."""
    task, model, strategy, size = cell.key
    several = len(study.tasks) > 1 or len(study.models) > 1
    return (f"{study.title(task, model)} · {strategy}" if several else strategy), f"N = {size}"
