"""What feature discrepancy, pooled sweeps and their judgement cost, as ratios in one run.

    SEGAUG_DATA=FOLDER OMP_NUM_THREADS=1 python benchmarks/discrepancy.py [--rounds 40]

CPU time on one thread.  Steps: forward, backward and Adam of nnunet at its default size, batch 8; the arms take turns
in random order, and what is printed is the median ratio in a round, with a 95 % interval over rounds.  "plain again" is
the same step once more: how far its interval reaches from 1 is what the other work of the machine does to any ratio,
and a goal counts as missed where it is exceeded by more.  "by what it adds" is steadier: losses and their gradients at
the feature maps are timed alone, and added to the plain step; where there is such a line, it decides.
Plans: from composed trials to tasks in memory, of white blood cells where SEGAUG_DATA is set, else of phantoms.
`segaug addition` is timed as a user starts it, in a process of its own; start-up: the same with a dozen records.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.addition_verdict import DRAWS, GOAL_S, KS, RECORDS, made_up
from benchmarks.task_driven import images
from segaug.augment.feature_discrepancy import FeatureDiscrepancy
from segaug.augment.strategy import StepContext
from segaug.augment.taps import features_of
from segaug.augment.training_rules import LookAhead, UpdateRule
from segaug.batch import Batch
from segaug.experiment.config.trial import Trial
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import make_plan
from segaug.models.network import Network, build_with_seed
from segaug.models.nnunet import NnUnet
from segaug.rng import stream
from segaug.training.objective import Objective

BATCH, SEED = 8, 0
STEP_GOALS = {"features / plain": 1.01, "L_fd / plain": 1.08, "exchangeable / L_fd": 1.02}
PLAN_GOAL = 1.5
ADDED_KS = (0, 2, 4, 8, 16, 32)
REAL, GENERATED = ("wbc_tecom_cell", "wbc_cellavision_cell"), ("shift_base", "shift_annotator_1px")
Loss = Callable[[Network, int], Tensor]  # the network, updates done so far


@dataclass(frozen=True)
class Ratio:
    """The median over rounds, and the ends of its 95 % interval (bootstrap over rounds)."""

    median: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """How far the interval reaches from 1."""
        return max(abs(self.low - 1), abs(self.high - 1))


def plain(side: int) -> Loss:
    """The segmentation loss."""
    batch, objective = images(BATCH, side), Objective()
    return lambda network, _: objective(network(batch.image), batch.label)


def with_features(side: int) -> Loss:
    """The same; feature maps are returned as well, and unused."""
    batch, objective = images(BATCH, side), Objective()
    return lambda network, _: objective(features_of(network, batch.image)[0], batch.label)


def context(network: nn.Module, batch: Batch, step: int) -> StepContext:
    """A step past the warm-up, without augmentation."""
    return StepContext(
        model=network, batch=batch, prepared=None, step=step, updates=1, learning_rate=1e-3, objective=Objective(),
        optimiser=cast(UpdateRule, None), look_ahead=cast(LookAhead, None),  # not used
        augment=lambda same: same, rng=partial(stream, SEED, step),
    )  # fmt: skip


def with_discrepancy(side: int, strategy: FeatureDiscrepancy) -> Loss:
    """The loss of the strategy."""
    batch = images(BATCH, side)
    return lambda network, step: strategy.training_step(context(network, batch, step))


class Taps(nn.Module):
    """In the place of a network: logits and feature maps that were computed before."""

    def __init__(self, logits: Tensor, maps: dict[str, Tensor]) -> None:
        super().__init__()
        self.logits, self.maps = logits, maps

    def features(self, _: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        return self.logits, self.maps


def added_by(strategy: FeatureDiscrepancy | None, side: int) -> Callable[[], None]:
    """What a step does beside the network: the loss, and its gradients added to those that come to the maps anyway.

    None: the segmentation loss alone.
    """
    batch, network = images(BATCH, side), build_with_seed(NnUnet(), SEED)
    with torch.no_grad():
        logits, maps = features_of(network, batch.image)
    leaves = {name: each.requires_grad_() for name, each in maps.items()}
    taps, incoming = Taps(logits.requires_grad_(), leaves), [torch.ones_like(each) for each in leaves.values()]

    def work() -> None:
        at = context(taps, batch, 1)
        loss = at.loss(taps.logits, batch.label) if strategy is None else strategy.training_step(at)
        torch.autograd.grad([loss, *leaves.values()], [*leaves.values()], [None, *incoming])

    return work


def update_of(loss: Loss) -> Callable[[], None]:
    """One update of a network of its own, ready to be repeated."""
    network = build_with_seed(NnUnet(), SEED)
    optimiser = torch.optim.Adam(network.parameters(), 1e-3, fused=True)
    count = iter(range(1, 10**9))

    def update() -> None:
        optimiser.zero_grad()
        loss(network, next(count)).backward()
        optimiser.step()

    return update


def cpu_s(work: Callable[[], object]) -> float:
    """Seconds of CPU time of this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def interleaved_s(arms: dict[str, Callable[[], None]], rounds: int) -> dict[str, np.ndarray]:
    """CPU time of each arm in each round [s]; a first round is not counted."""
    order, turns = random.Random(SEED), [*arms]
    times: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(rounds + 1):
        order.shuffle(turns)
        for name in turns:
            times[name].append(cpu_s(arms[name]))
    return {name: np.array(values[1:]) for name, values in times.items()}


def ratio(times: np.ndarray, beside: np.ndarray) -> Ratio:
    """Of two arms, (rounds,) each."""
    ratios = times / beside
    medians = np.median(np.random.default_rng(SEED).choice(ratios, (2000, len(ratios))), axis=1)
    return Ratio(float(np.median(ratios)), *map(float, np.quantile(medians, (0.025, 0.975))))


def line(name: str, value: Ratio, beside: str = "") -> None:
    print(f"  {name:20} {value.median:6.3f}  [{value.low:.3f}, {value.high:.3f}]  {beside}".rstrip(), flush=True)


def judged(value: float, goal: float, noise: float) -> str:
    """met | within the noise | missed."""
    return "met" if value <= goal else "within the noise" if value <= goal + noise else "missed"


def steps(side: int, rounds: int) -> bool:
    """Training steps at one side [px]."""
    strategies = {"L_fd": FeatureDiscrepancy(exchangeable=False), "exchangeable": FeatureDiscrepancy()}
    losses = {"plain": plain(side), "plain again": plain(side), "features": with_features(side)} | {
        name: with_discrepancy(side, strategy) for name, strategy in strategies.items()
    }
    arms = {name: update_of(loss) for name, loss in losses.items()}
    parts = {f"part of {name}": added_by(strategy, side) for name, strategy in {"plain": None, **strategies}.items()}
    times = interleaved_s(arms | parts, rounds)
    print(
        f"steps at {side} x {side}, {rounds} rounds: "
        + ", ".join(f"{n} {1e3 * np.median(t):.1f} ms" for n, t in times.items())
    )
    again = ratio(times["plain again"], times["plain"])
    line("plain again / plain", again)
    by_parts = {"plain": times["plain"]} | {
        name: times["plain"] + times[f"part of {name}"] - times["part of plain"] for name in strategies
    }
    missed = False
    for name, goal in STEP_GOALS.items():
        arm, beside = name.split(" / ")
        whole = ratio(times[arm], times[beside])
        verdict = judged(whole.median, goal, again.spread)
        line(name, whole, f"at most {goal:.2f} (noise {again.spread:.3f}): {verdict}")
        if arm in by_parts:
            part = ratio(by_parts[arm], by_parts[beside])
            verdict = judged(part.median, goal, 0.0)
            line("  by what it adds", part, f"at most {goal:.2f}: {verdict}")
        missed |= verdict == "missed"
    return missed


def plans() -> bool:
    """A pooled sweep of six k, and six sweeps of the base alone."""
    base, added = REAL if os.environ.get("SEGAUG_DATA") else GENERATED
    with tempfile.TemporaryDirectory() as folder:
        pooled = [f"dataset.base={base}", f"dataset.added=[{added}]", f"cache={folder}/pooled"]
        trials = [composed("dataset=pooled", *pooled, f"dataset.k={k}") for k in ADDED_KS]
        alone = composed(f"dataset={base}", f"cache={folder}/alone")
        together = cpu_s(lambda: make_plan(trials, skip_large=False))
        first, second = (cpu_s(lambda: make_plan([alone], skip_large=False)) for _ in range(2))
    sweeps = len(ADDED_KS)
    value, cached = together / (sweeps * first), together / (first + (sweeps - 1) * second)
    print(f"{base} + {added}: six k {together:.2f} s; the base alone {first:.2f} s, from the cache {second:.3f} s")
    print(
        f"  pooled / alone       {value:6.3f}  at most {PLAN_GOAL:.2f}; where the six share a cache {cached:.3f}",
        flush=True,
    )
    return value > PLAN_GOAL


def composed(*words: str) -> Trial:
    return compose([*words, "scale=n8"])


def verb() -> bool:
    """`segaug addition` in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        (cpu, wall), (start_cpu, start_wall) = (
            command_s(made_up(Path(folder) / f"of_{count}", count)) for count in (RECORDS, len(KS) * 2 + 2)
        )
    print(f"segaug addition, {RECORDS} records, {DRAWS} resamples: {cpu:.2f} s of CPU time ({wall:.2f} s on the clock)")
    print(
        f"  start-up, a dozen records: {start_cpu:.2f} s ({start_wall:.2f} s); at most {GOAL_S:g} s of CPU time in all"
    )
    return cpu > GOAL_S


def command_s(study: Path) -> tuple[float, float]:
    """CPU time and time on the clock, with the columns of the study to be made."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    words = [sys.executable, "-m", "segaug", "addition", str(study)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - start


def main() -> int:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8, help="at 64 px; a quarter of them at 128 px")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    print(f"nnunet, batch of {BATCH}, one thread, torch {torch.__version__}")
    return int(any([steps(64, rounds), steps(128, max(rounds // 4, 2)), plans(), verb()]))


if __name__ == "__main__":
    sys.exit(main())
