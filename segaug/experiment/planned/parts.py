"""The images of a trial, cut out of its task."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import torch

from segaug.batch import Batch
from segaug.data.subset import Policy, Unit, draw_subset
from segaug.data.task import Task
from segaug.experiment.planned.plan import Planned, added_rows


@dataclass(frozen=True)
class Parts:
    """The images of a trial, on its device; those that do not depend on it are cut out where somebody asks for them."""

    task: Task
    device: torch.device | str
    rows: tuple[int, ...]  # of the task, those of the base first, before the strategy adds or replaces any
    subset: Batch
    validation_rows: tuple[int, ...]  # none where the protocol uses no validation labels

    @property
    def validation_patients(self) -> tuple[str, ...]:
        """Whom each validation image shows."""
        return tuple(self.task.patients[row] for row in self.validation_rows)

    @cached_property
    def validation(self) -> Batch | None:
        """None where the protocol uses no validation labels."""
        return self.task.batch(self.validation_rows).to(self.device) if self.validation_rows else None

    @cached_property
    def test(self) -> Batch:
        """Of the base, or of the source that is tested on in its place."""
        return self.task.batch(self.task.split.test).to(self.device)


def parts_of(planned: Planned, task: Task, device: torch.device | str) -> Parts:
    """Draw the subset, and move it to the device."""
    config = planned.trial.config
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
    return Parts(
        task=task,
        device=device,
        rows=rows,
        subset=task.batch(rows).to(device),
        validation_rows=task.split.validation if protocol.validation != "none" else (),
    )
