"""Whole trials, with a bank that lies ready and without one."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import torch

from segaug.augment.artefact import Artefact, Content, Keep, Tell
from segaug.augment.baseline import Baseline
from segaug.augment.strategy import Prepared, Strategy
from segaug.batch import Batch, joined
from segaug.data.task import Task
from segaug.experiment.artefacts.make_one import artefacts_of
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.config.schema import STRATEGIES
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import Planned, make_plan
from segaug.experiment.trial import run
from segaug.training.fit import Trained

WORDS = ["dataset=phantom_lesions", "dataset.images=80", "model=nnunet", "protocol=fixed_steps", "scale=n4"]
QUICKLY_LEARNED = ["augment=augpaint", "augment.denoiser.updates=1", "augment.judge.updates=2", "augment.steps=2"]


@dataclass(frozen=True, kw_only=True)
class Repeated(Baseline):
    """The baseline on so many rows, the labelled ones again and again."""

    rows: int

    def training_set(self, subset: Batch, prepared: Prepared) -> Batch:
        return joined(subset, subset.rows(torch.arange(self.rows - len(subset)) % len(subset)))


@dataclass(frozen=True)
class Spent:
    """CPU time of a trial of `updates` [s]."""

    whole: float
    fit: float  # of it, training
    updates: int

    def at(self, updates: int) -> float:
        """The same for another number of updates."""
        return self.whole - self.fit + self.fit * updates / self.updates


@dataclass(frozen=True)
class Trials:
    """Trials of one subset that differ in the strategy."""

    planned: Planned
    task: Task
    arms: dict[str, Strategy]

    def spent(self, arm: str) -> Spent:
        """Run one."""
        config = replace(self.planned.trial.config, augment=self.arms[arm])
        planned = replace(self.planned, trial=replace(self.planned.trial, config=config))
        fitted, fit_s = run.fit, 0.0

        def timed(*args: object, **options: object) -> Trained:
            nonlocal fit_s
            start = time.process_time()
            try:
                return fitted(*args, **options)
            finally:
                fit_s = time.process_time() - start

        start = time.process_time()
        with patch.object(run, "fit", timed), patch.dict(STRATEGIES, repeated=Repeated):
            record, _ = run.run_trial(planned, self.task)
        whole = time.process_time() - start
        return Spent(whole, fit_s, record["training"]["updates"])


def trials(folder: Path, updates: int) -> Trials:
    """The arms; makes the bank."""
    words = [*WORDS, f"protocol.length={updates}", "protocol.warmup=0", f"cache={folder}"]
    painting = compose([*words, *QUICKLY_LEARNED, "augment.resample=1"])
    plan = make_plan([painting], skip_large=False)
    (planned,), (task,) = plan.trials, plan.tasks.values()
    rows = _make_bank(planned, task)
    augpaint, plain = planned.trial.config.augment, Baseline()
    repeated = Repeated(rows=rows)
    return Trials(planned, task, {"augpaint": augpaint, "rows": repeated, "rows again": repeated, "plain": plain})


def _make_bank(planned: Planned, task: Task) -> int:
    """How many rows are trained on with it."""
    store = store_of(planned.trial.config)

    def obtain(artefact: Artefact) -> Content:
        return store.obtain(_unjudged(artefact))

    for artefact in artefacts_of(planned, task, "cpu", obtain):
        obtain(artefact)
    record, _ = run.run_trial(planned, task)
    return record["training"]["images"]


def _unjudged(artefact: Artefact) -> Artefact:
    """The same, whatever its health: what has seen one batch is no good, and takes as long to be read."""

    def make(previous: Content | None, tell: Tell, keep: Keep) -> Content:
        content = artefact.make(previous, tell, keep)
        return Content(content.tensors, {**content.facts, "failed": None})

    return replace(artefact, make=make)
