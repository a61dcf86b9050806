"""What the harness costs beside the network: `python benchmarks/overhead.py`.

Ours and a bare loop train the same one-parameter network at N = 8 for 50 epochs of the published protocol, with the
baseline's augmentation and validation after each epoch, interleaved in one process on one thread.  Then a whole trial
is run through the store, and its time split printed.  Goal: at most 0.3 s beyond forward, backward and augmentation.
"""

import argparse
import math
import os
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from unittest.mock import patch

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import torch
from torch import Tensor, nn

from segaug.augment.augment import augment
from segaug.augment.baseline import Baseline
from segaug.batch import Batch
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import load, make_plan
from segaug.experiment.trial.run import run_trial
from segaug.metrics import cross_entropy
from segaug.models.network import Network
from segaug.rng import stream
from segaug.training.fit import fit
from segaug.training.protocol import schedule
from segaug.training.stopwatch import Stopwatch

GOAL_S = 0.3


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


def bare_loop(net: nn.Module, subset: Batch, validation: Batch, protocol, watch: Stopwatch) -> None:
    """The same training without a harness: one order, the same augmentation, best weights in memory."""
    plan = schedule(protocol, len(subset))
    optimizer = torch.optim.Adam(net.parameters(), fused=True)
    best, weights = math.inf, None
    for step in range(plan.updates):
        optimizer.param_groups[0]["lr"] = protocol.learning_rate * plan.factor(step)
        batch = subset.rows(torch.randperm(len(subset), generator=stream(0, "order", step)))
        with watch("augmentation"):
            batch = augment(Baseline().stages(), None, batch, partial(stream, 0, "augment", step))
        with watch("network"):
            optimizer.zero_grad(set_to_none=True)
            nn.functional.binary_cross_entropy_with_logits(net(batch.image), batch.label).backward()
            optimizer.step()
            with torch.no_grad():
                value = cross_entropy(net(validation.image), validation.label).mean().item()
        if value < best:
            best, weights = value, {name: one.clone() for name, one in net.state_dict().items()}
    assert weights is not None


def timed(train: Callable[[Stopwatch], object]) -> dict[str, float]:
    """Seconds by part, "other" being what neither the network nor augmentation takes."""
    watch = Stopwatch()
    with watch("other"):
        train(watch)
    return {**watch.seconds, "total": sum(watch.seconds.values())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    trial = compose(["scale=n8", "protocol=published", "protocol.patience=null"])
    task, protocol = load(trial), trial.config.protocol
    subset, validation = task.batch(task.split.pool[:8]), task.batch(task.split.validation)
    arms = {
        "segaug": lambda watch: fit(OneParameter(), Baseline(), None, subset, validation, protocol, 0, watch),
        "bare loop": lambda watch: bare_loop(OneParameter(), subset, validation, protocol, watch),
    }
    results: dict[str, list[dict[str, float]]] = {name: [] for name in arms}
    for arm in arms.values():
        timed(arm)  # warm up
    for _ in range(rounds):
        for name, arm in arms.items():
            results[name].append(timed(arm))
    parts = ("augmentation", "network", "other", "total")
    print(f"50 epochs at N = 8, 64 x 64, one-parameter network, {rounds} rounds, medians in ms, one thread")
    print(f"{'':12}" + "".join(f"{part:>14}" for part in parts))
    medians = {
        name: {part: 1e3 * median(one[part] for one in rows) for part in parts} for name, rows in results.items()
    }
    for name, one in medians.items():
        print(f"{name:12}" + "".join(f"{one[part]:14.1f}" for part in parts))
    extra = medians["segaug"]["total"] - medians["bare loop"]["total"]
    print(f"segaug / bare loop: {medians['segaug']['total'] / medians['bare loop']['total']:.2f}; {extra:.0f} ms more")
    whole_trial(trial)


def whole_trial(trial) -> None:
    """A trial from plan to record, with test metrics and references."""
    plan = make_plan([trial], skip_large=False)
    (planned,), (task,) = plan.trials, plan.tasks.values()
    with patch("segaug.experiment.trial.run.build_with_seed", lambda *_: OneParameter()):
        run_trial(planned, task)
        start = time.perf_counter()
        record, _ = run_trial(planned, task)
        took = time.perf_counter() - start
    seconds = record["run"]["seconds"]
    print("whole trial, with test metrics [s]: " + ", ".join(f"{part} {value:.3f}" for part, value in seconds.items()))
    beyond = took - seconds["network"] - seconds["augmentation"]
    print(f"beyond forward, backward and augmentation: {beyond:.3f} s (goal: at most {GOAL_S} s)")


if __name__ == "__main__":
    main()
