"""The survey of a study: what its trials need, and what of it is there."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from segaug.augment.artefact import Artefact, Content
from segaug.data.task import Split, Task
from segaug.experiment.artefacts.make_all import survey
from segaug.experiment.artefacts.make_one import artefacts_of
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import Plan, Planned, make_plan
from segaug.rng import stream

POOL, HELD_OUT = 468, 16  # images; of validation and of test each
SIZES = (1, 4, 16)
DENOISER_BYTES = 16 * 2**20


@dataclass(frozen=True)
class Surveyed:
    """Seconds of CPU time a trial."""

    nothing_there: float
    all_there: float


def surveyed(side: int, trials: int, folder: Path) -> Surveyed:
    """Of a study with so many trials of AugPaint on images of this side [px]."""
    words = ["dataset=phantom_lesions", "dataset.images=40", "dataset.size=32", f"cache={folder}", "augment=augpaint"]
    plan = make_plan([compose([*words, "protocol=fixed_steps", "scale=n1"])], skip_large=False)
    (first,), (name,) = plan.trials, plan.tasks
    points = [(size, seed) for seed in range(-(-trials // len(SIZES))) for size in SIZES][:trials]
    planned = tuple(Planned(first.trial.at(size=n, seed=seed), f"trial {n} {seed}") for n, seed in points)

    def seconds() -> float:
        fresh = Plan(planned, (), {name: _task(plan.tasks[name], side)})  # none of its images has been hashed
        start = time.process_time()
        survey(fresh, planned, strict=False)
        return (time.process_time() - start) / trials

    nothing_there = seconds()
    _fill(planned, _task(plan.tasks[name], side))
    return Surveyed(nothing_there, seconds())


def _task(task: Task, side: int) -> Task:
    """The same with as many images of noise as are wanted; something is labelled in each."""
    rows = POOL + 2 * HELD_OUT
    label = torch.zeros(rows, task.label.shape[1], side, side)
    label[..., side // 4 : side // 2, side // 4 : side // 2] = 1
    names = tuple(map(str, range(rows)))
    pool, validation, test = torch.arange(rows).split([POOL, HELD_OUT, HELD_OUT])
    return replace(
        task,
        image=torch.rand(rows, task.image.shape[1], side, side, generator=stream(0, "survey", side)),
        label=label,
        spacing_mm=torch.ones(rows, 2),
        source=torch.zeros(rows, dtype=torch.long),
        ids=names,
        patients=names,
        split=Split(tuple(test.tolist()), tuple(validation.tolist()), (), tuple(pool.tolist())),
    )


def _fill(planned: Sequence[Planned], task: Task) -> None:
    """Store something of the right kind and size for every artefact of these trials."""
    store, there = store_of(planned[0].trial.config), set()

    def unasked(artefact: Artefact) -> Content:
        raise AssertionError(f"{artefact.name} is not needed to list the others")

    for trial in planned:
        for artefact in artefacts_of(trial, task, "cpu", unasked):
            if artefact.name not in there:
                store.obtain(replace(artefact, make=lambda *_, kind=artefact.kind: _content(kind, task.image.shape)))
                there.add(artefact.name)


def _content(kind: str, shape: torch.Size) -> Content:
    if kind == "augpaint_denoiser":
        return Content({"network": torch.zeros(DENOISER_BYTES, dtype=torch.uint8)}, {})
    if kind == "augpaint_samples":
        return Content({"image": torch.zeros(6, *shape[1:], dtype=torch.uint8)}, {"count": 5})
    return Content({"score": torch.zeros(SIZES[-1], 5)}, {"measures": {}, "warnings": []})
