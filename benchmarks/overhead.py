"""What the harness costs beside a bare loop: `python benchmarks/overhead.py [--rounds 9]`.

Whole trainings of a one-parameter network at N = 8, 50 epochs of the published protocol with the baseline's
augmentation and a validation after each, by turns in one process on one thread; CPU time.  The number is the difference
of ours and the bare loop.  It is split by a third arm, which has the work of the bare loop done by a bare module of
Lightning's: what that takes more than the loop is Lightning's, the rest is ours.  (Time inside of a step says nothing
here: Lightning's machinery is around forward, backward and the update, and would be counted to the network.)

Then a whole trial through its record, with test metrics and references, beside the bare loop.  Goal: at most 0.3 s.
"""

import argparse
import math
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from unittest.mock import patch

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import torch
from bench_parts.row import Row
from pytorch_lightning import LightningModule
from torch import Tensor, nn

from segaug.augment.augment import augment
from segaug.augment.baseline import Baseline
from segaug.augment.trainer import train
from segaug.batch import Batch
from segaug.experiment.config.trial import Trial
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import load, make_plan
from segaug.experiment.trial.run import run_trial
from segaug.metrics import cross_entropy
from segaug.models.network import Network
from segaug.rng import stream
from segaug.training.fit import fit
from segaug.training.protocol import Protocol, schedule
from segaug.training.stopwatch import Stopwatch

GOAL_S = 0.3
OURS, LIGHTNING, BARE, TRIAL = "segaug", "bare Lightning module", "bare loop", "whole trial"


class OneParameter(Network):
    """logits = weight * image."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 1, bias=False)

    def features(self, image: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        return self.conv(image), {}

    @property
    def head(self) -> nn.Conv2d:
        return self.conv


class Epochs:
    """All images at a time, in an order of each epoch's own."""

    def __init__(self, subset: Batch, count: int) -> None:
        self.subset, self.count = subset, count

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Batch]:
        for step in range(self.count):
            yield self.subset.rows(torch.randperm(len(self.subset), generator=stream(0, "order", step)))


class Bare(LightningModule):
    """The same training without a harness: one order, the same augmentation, best weights in memory.

    `loop` runs it without Lightning, `by_lightning` with it.
    """

    def __init__(self, subset: Batch, validation: Batch, protocol: Protocol) -> None:
        super().__init__()
        self.net, self.validation, self.protocol = OneParameter(), validation, protocol
        self.plan = schedule(protocol, len(subset))
        self.batches = Epochs(subset, self.plan.updates)
        self.best, self.weights = math.inf, {}

    def training_step(self, batch: Batch, step: int) -> Tensor:
        batch = augment(Baseline().stages(), None, batch, partial(stream, 0, "augment", step))
        return nn.functional.binary_cross_entropy_with_logits(self.net(batch.image), batch.label)

    @torch.no_grad()
    def on_train_batch_end(self, *_: object) -> None:
        value = cross_entropy(self.net(self.validation.image), self.validation.label).mean().item()
        if value < self.best:
            self.best = value
            self.weights = {name: one.clone() for name, one in self.net.state_dict().items()}

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.net.parameters(), self.protocol.learning_rate, fused=True)
        rates = torch.optim.lr_scheduler.LambdaLR(optimizer, self.plan.factor)
        return [optimizer], [{"scheduler": rates, "interval": "step"}]

    def loop(self) -> None:
        optimizer = torch.optim.Adam(self.net.parameters(), fused=True)
        for step, batch in enumerate(self.batches):
            optimizer.param_groups[0]["lr"] = self.protocol.learning_rate * self.plan.factor(step)
            optimizer.zero_grad(set_to_none=True)
            self.training_step(batch, step).backward()
            optimizer.step()
            self.on_train_batch_end()
        assert self.weights

    def by_lightning(self) -> None:
        train(self, self.batches, torch.device("cpu"))
        assert self.weights


def arms(trial: Trial) -> dict[str, Callable[[], object]]:
    """What takes turns."""
    plan = make_plan([trial], skip_large=False)
    (planned,), task = plan.trials, load(trial)
    protocol = planned.trial.config.protocol
    subset, validation = task.batch(task.split.pool[:8]), task.batch(task.split.validation)
    return {
        OURS: lambda: fit(OneParameter(), Baseline(), None, subset, validation, protocol, 0, Stopwatch()),
        LIGHTNING: lambda: Bare(subset, validation, protocol).by_lightning(),
        BARE: lambda: Bare(subset, validation, protocol).loop(),
        TRIAL: lambda: run_trial(planned, task),
    }


def measured(rounds: int) -> dict[str, list[float]]:
    """CPU milliseconds of each arm's turns; one before them warms up."""
    torch.set_num_threads(1)
    trial = compose(["scale=n8", "protocol=published", "protocol.patience=null"])
    took: dict[str, list[float]] = {}
    with patch("segaug.experiment.trial.run.starting_network", lambda *_: OneParameter()):
        contestants = arms(trial)
        for turn in range(rounds + 1):
            for name, arm in contestants.items():
                start = time.process_time()
                arm()
                if turn:
                    took.setdefault(name, []).append(1e3 * (time.process_time() - start))
    return took


def rows(short: bool = True) -> list[Row]:
    return table(measured(9 if short else 25))


def table(took: dict[str, list[float]]) -> list[Row]:
    what = {
        "overhead/50-epochs-n8": (OURS, "50 epochs at N = 8, one-parameter network"),
        "overhead/lightning": (LIGHTNING, "the same in a bare Lightning module"),
        "overhead/whole-trial": (TRIAL, "the same as a whole trial, with test metrics"),
    }
    peer = median(took[BARE]), min(took[BARE])
    return [
        Row(key=key, what=words, beside=BARE, ours=(median(took[arm]), min(took[arm])), peer=peer, slower=True)
        for key, (arm, words) in what.items()
    ]


def more(took: dict[str, list[float]], arm: str, than: str) -> str:
    """By how much one arm takes longer than another: median over rounds, and between the best turns of both."""
    middle = median(one - other for one, other in zip(took[arm], took[than], strict=True))
    return f"{middle:.0f} ms (best turns: {min(took[arm]) - min(took[than]):.0f} ms)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    took = measured(rounds)
    print(f"50 epochs at N = 8, 64 x 64, one-parameter network, {rounds} rounds, CPU time in ms, one thread")
    print(f"{'':24}{'median':>10}{'best':>10}")
    for name, values in took.items():
        print(f"{name:24}{median(values):10.1f}{min(values):10.1f}")
    print(f"segaug above the bare loop: {more(took, OURS, BARE)}")
    print(f"  of that, Lightning's machinery {more(took, LIGHTNING, BARE)}, our own {more(took, OURS, LIGHTNING)}")
    print(f"a whole trial above the bare loop: {more(took, TRIAL, BARE)}; goal: at most {1e3 * GOAL_S:.0f} ms")


if __name__ == "__main__":
    main()
