"""The images of a trial, cut out of its task."""

from dataclasses import dataclass
from typing import cast

import torch

from segaug.batch import Batch
from segaug.data.subset import Policy, Unit, draw_subset
from segaug.data.task import Task
from segaug.experiment.planned.plan import Planned, added_rows


@dataclass(frozen=True)
class Parts:
    """The images of a trial, on its device."""

    rows: tuple[int, ...]  # of the task, those of the base first, before the strategy adds or replaces any
    subset: Batch
    validation: Batch | None  # None where the protocol uses no validation labels
    validation_patients: tuple[str, ...]  # whom each of them shows
    test: Batch


def parts_of(planned: Planned, task: Task, device: torch.device | str) -> Parts:
    """Draw the subset; move everything to the device."""
    config, split = planned.trial.config, task.split
    protocol, seed = config.protocol, config.seed // config.protocol.seeds_per_subset
    rows = draw_subset(
        task.pool_of(0),
        task.patients,
        size=planned.size,
        seed=seed,
        policy=cast(Policy, protocol.subset),
        unit=cast(Unit, protocol.count),
    )
    rows += added_rows(config.dataset, task, seed)
    seen = split.validation if protocol.validation != "none" else ()
    return Parts(
        rows=rows,
        subset=task.batch(rows).to(device),
        validation=task.batch(seen).to(device) if seen else None,
        validation_patients=tuple(task.patients[row] for row in seen),
        test=task.batch(split.test).to(device),
    )
