"""Table of what strategies had learned before training: how good it is, and what it took."""

from collections.abc import Sequence
from statistics import fmean

from segaug.findings.numbers import NONE, number, percent
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Json, Study, collect

Row = tuple[str, str, str, int, str, tuple[Json, ...]]  # task, model, strategy, N, kind, each thing learned once


def learned(study: Study) -> list[Row]:
    """What trials had learned that knows how good it is, by cell and kind; nothing where no strategy learns."""
    rows: list[Row] = []
    for (task, model, strategy, size), records in collect(study.trained, "task", "model", "strategy", "size").items():
        each = {item["artefact"]: item for record in records for item in record.get("learned") or ()}
        for kind, items in sorted(collect(each.values(), "kind").items()):
            rows.append((task, model, strategy, size, kind, tuple(items)))
    order = {name: place for place, name in enumerate(study.strategies)}
    return sorted(rows, key=lambda row: (*row[:2], order[row[2]], *row[3:5]))


def learned_table(study: Study) -> Table | None:
    """Means over generators, each once however many trials used it; None where there is none.

    What paints images is told where these are shown.
    """
    rows = [row for row in learned(study) if any("magnitude" in item["health"] for item in row[5])]
    if not rows:
        return None
    return Table(
        "Generators that strategies had learned before training, each once, in means.\n"
        "Chosen at: the update that was kept, in shares of all. Size: mean displacement in pixels, or change of a grey "
        "value; of genda, in that of registrations. Spread: over random codes, in the same unit. Judge: how often the "
        "discriminator told real images from generated ones in the last tenth; 50 % is guessing. Task: gradient of the "
        "segmentation loss that reached the generator, in that of the adversarial loss, mean over the checks: the "
        "early ones, where the adversarial loss has hardly begun, count most.",
        (
            "task", "model", "strategy", "N", "learned", "of them", "chosen at", "size", "spread", "folds", "judge",
            "task's share", "validation Dice", "at the end",
        ),
        tuple((*row[:3], str(row[3]), row[4], *_cells(row[5])) for row in rows),
        strategy_column=2,
        number_columns=frozenset({3, *range(5, 14)}),
    )  # fmt: skip


def mean_health(items: Sequence[Json], *names: str) -> float | None:
    """Mean of the first of these numbers that anything has."""
    for name in names:
        if values := [item["health"][name] for item in items if item["health"].get(name) is not None]:
            return fmean(values)
    return None


def _cells(items: Sequence[Json]) -> tuple[str, ...]:
    chosen = [
        item["chosen_update"] / item["updates"] for item in items if item.get("chosen_update") and item["updates"]
    ]
    return (
        str(len(items)),
        _percent(fmean(chosen) if chosen else None),
        number(mean_health(items, "magnitude")),
        number(mean_health(items, "spread")),
        _percent(mean_health(items, "folded_share", "folded")),
        _percent(mean_health(items, "accuracy")),
        _percent(mean_health(items, "task_share")),
        number(mean_health(items, "best_dice")),
        number(mean_health(items, "last_dice")),
    )


def _percent(share: float | None) -> str:
    return NONE if share is None else percent(share)
