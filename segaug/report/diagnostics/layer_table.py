"""The table, the captions and the finding of what layers make of test images."""

from collections.abc import Sequence

from segaug.analysis.diagnostics.layers import LayerCell
from segaug.analysis.diagnostics.relation import Estimate
from segaug.findings.numbers import number
from segaug.findings.with_interval import with_interval
from segaug.report.blocks.tables import Table
from segaug.report.diagnostics.layer_groups import LayerGroup

RELATION_CAPTION = (
    "Does an image whose foreground and background lie further apart in a layer (lower L_fd) have a better Dice?  "
    "Right of 0: no, left of 0: yes.\nL_fd and Dice both depend on how large the structure is. Filled: the plain "
    "correlation over test images; open: what is left of it without the logarithm of the foreground's area in both. "
    "Mean over the trials at the largest N. Bars: 95 % interval for other test images (draws of whole patients); of "
    "these trials, not of other seeds, and each for one correlation."
)
IMAGE_CAPTION = (
    "Each point is a test image: Dice and L_fd of it alone, means over the trials of a strategy at the largest N.\n"
    "L_fd: minus the mean logarithm, over the channels of the layer, of the distance between the means of foreground "
    "and background. Lines: the mean slope over trials, whose intervals are in the table."
)


def layer_table(groups: Sequence[LayerGroup]) -> Table:
    """A row a task, model, N, strategy and layer."""
    cells = [cell for group in groups for cell in group.cells]
    return Table(
        "L_fd: mean over test images of the feature discrepancy of each; lower: further apart, but also where features "
        "are larger as a whole. Separation: the distance of the class means in standard deviations inside of the "
        "classes, at most 10 a channel, which no scale changes. r: correlation over images of Dice with L_fd; given "
        "area: with the logarithm of the foreground's area taken out of both; area: of L_fd with that logarithm.\nIn "
        "brackets: 95 % interval for other test images. Images without foreground have no area and are left out.",
        ("task", "model", "N", "strategy", "layer", "n", "images", "L_fd", "separation", "slope", "r", "r given area",
         "r of area"),
        tuple(_row(cell) for cell in cells),
        strategy_column=3,
        number_columns=frozenset({2, *range(5, 13)}),
    )  # fmt: skip


def layer_finding(groups: Sequence[LayerGroup]) -> str:
    """How often the plain correlation is shown, and how often it outlives the area."""
    cells = [cell for group in groups for cell in group.cells]
    plain = [cell for cell in cells if _is_below(cell.dice_of.plain)]
    left = [cell for cell in cells if _is_below(cell.dice_of.partial)]
    both = [cell for cell in plain if _is_below(cell.dice_of.partial)]
    return (
        f"Dice falls with the feature discrepancy in {len(plain)} of {len(cells)} layers; in {len(both)} of these also "
        f"given the area of the foreground, and in {len(left)} of all."
    )


def _is_below(estimate: Estimate) -> bool:
    return estimate.interval is not None and estimate.interval.high < 0


def _row(cell: LayerCell) -> tuple[str, ...]:
    told = cell.dice_of
    return (
        cell.task,
        cell.model,
        str(cell.size),
        cell.strategy,
        cell.layer,
        str(cell.trials),
        str(cell.images),
        number(cell.discrepancy),
        number(cell.separation),
        *(_text(estimate) for estimate in (told.slope, told.plain, told.partial, told.confounded)),
    )


def _text(estimate: Estimate) -> str:
    return with_interval(estimate.value, estimate.interval, most=3, sign=True)
