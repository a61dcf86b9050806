"""Whole trainings in which policies are learned, beside one by the heuristic policy; validation is left out."""

from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import torch
from bench_parts.turns import Arm, Clock, seconds

from policy_parts.example import LEARNING_RATE, SEED, default_network, example
from policy_parts.turns import ratio_line
from segaug.augment.policy_heuristic import PolicyHeuristic
from segaug.augment.policy_joint import PolicyJoint
from segaug.augment.policy_learned import PolicyLearned
from segaug.augment.strategy import Allowed, Strategy
from segaug.training.fit import fit
from segaug.training.protocol import Protocol
from segaug.training.stopwatch import Stopwatch

IMAGES = 16  # to train on, and as many to validate on
STRATEGIES: dict[str, Strategy] = {
    "heuristic": PolicyHeuristic(),
    "heuristic again": PolicyHeuristic(),
    "learned, every 10": PolicyLearned(policy_every=10),
    "learned, every 1": PolicyLearned(),
    "joint, every 1": PolicyJoint(class_specific=False),
}
GOALS = {"learned, every 10": 1.3, "learned, every 1": 2.9, "joint, every 1": 3.5}


def trainings(side: int, updates: int, names: Sequence[str], device: torch.device) -> dict[str, Arm]:
    """Each goes on with a network of its own, by new policies."""
    subset, allowed = example(side, IMAGES).to(device), Allowed(validation=example(side, IMAGES, SEED + 1).to(device))
    protocol = Protocol(
        unit="update", length=updates, warmup=1, validate_every=updates, patience=None, learning_rate=LEARNING_RATE
    )

    def train(strategy: Strategy, network: torch.nn.Module) -> None:
        prepared = strategy.prepare(cast(Any, SimpleNamespace(subset=subset, allowed=allowed)))
        fit(network, strategy, prepared, subset, None, protocol, SEED, Stopwatch(device), allowed)

    return {name: partial(train, STRATEGIES[name], default_network().to(device)) for name in names}


def training_table(
    side: int, updates: int, rounds: int, device: torch.device, clock: Clock, names: Sequence[str] = tuple(STRATEGIES)
) -> None:
    """Print it, in trainings by the heuristic policy."""
    print(f"trainings of {updates} updates, {side} x {side}, nnunet, {rounds} rounds, in heuristic ones")
    times = seconds(trainings(side, updates, names, device), rounds, clock, warm=False)
    for name in times:
        ratio_line(name, times, "heuristic", GOALS.get(name), "heuristic again")
