"""Which curves of a study are drawn layer by layer: of each task and model those of its largest N."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from segaug.analysis.diagnostics.layers import LayerCell, in_network_order, layer_cells
from segaug.report.look.palette import in_order
from segaug.report.study.study import Study

MOST_GROUPS = 4  # tasks and models that are drawn; the table has all


@dataclass(frozen=True)
class LayerGroup:
    """Strategies of one task and model at one N."""

    task: str
    model: str
    size: int
    cells: tuple[LayerCell, ...]  # strategies in the order of the palette, layers in that of the network

    @property
    def strategies(self) -> list[str]:
        """In the order of the palette."""
        return in_order(cell.strategy for cell in self.cells)

    @property
    def layers(self) -> list[str]:
        """In the order in which they are computed."""
        return in_network_order([*{cell.layer for cell in self.cells}])

    def of_strategy(self, strategy: str) -> list[LayerCell]:
        """Its layers."""
        return [cell for cell in self.cells if cell.strategy == strategy]

    def of_layer(self, layer: str) -> list[LayerCell]:
        """One cell a strategy."""
        return [cell for cell in self.cells if cell.layer == layer]


def layer_groups(study: Study) -> list[LayerGroup]:
    """One for each task, model and N whose records have diagnostics."""
    found = []
    cells = sorted(layer_cells(study.snapshot), key=lambda cell: (cell.task, cell.model, cell.size))
    for (task, model, size), group in groupby(cells, key=lambda cell: (cell.task, cell.model, cell.size)):
        own = list(group)
        ordered = [
            cell for strategy in in_order(cell.strategy for cell in own) for cell in own if cell.strategy == strategy
        ]
        found.append(LayerGroup(task, model, size, tuple(ordered)))
    return found


def drawn(groups: Sequence[LayerGroup]) -> list[LayerGroup]:
    """The largest N of each task and model, of the first `MOST_GROUPS` of these."""
    largest = {(group.task, group.model): group for group in groups}  # the last one wins: sizes ascend
    return list(largest.values())[:MOST_GROUPS]
