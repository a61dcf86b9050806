"""The heuristic policy as augmentation: beside the peers, beside the shared baseline, beside a training step."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from statistics import median

import torch
from bench_parts.turns import Arm, Clock, seconds

from policy_parts.example import ROWS, default_network, example, updates_of
from policy_parts.peers import batchgenerators, monai
from segaug.augment.augment import augment
from segaug.augment.baseline import Baseline
from segaug.augment.policy.starts import logits_of
from segaug.augment.policy_fixed import Fixed
from segaug.augment.policy_heuristic import PolicyHeuristic
from segaug.augment.strategy import Strategy
from segaug.batch import Batch
from segaug.rng import stream
from segaug.training.objective import Objective

GOALS = {"batchgeneratorsv2": "at least 5", "MONAI": "at least 10", "baseline": "at least 0.5"}


def augmenting(strategy: Strategy, prepared: object, batch: Batch) -> Arm:
    steps = count()
    return lambda: augment(strategy.stages(), prepared, batch, partial(stream, 0, "augment", next(steps)))


def augmentation_table(side: int, rounds: int, repeats: int, device: torch.device, clock: Clock) -> None:
    """Print time per batch.  repeats: batches of each arm in a round, so that rare operations occur in each."""
    batch, heuristic = example(side).to(device), PolicyHeuristic()
    policy = augmenting(heuristic, Fixed(logits_of(heuristic.probabilities(2)), None), batch)
    arms = {"ours": policy, "baseline": augmenting(Baseline(), None, batch)} | _peers(batch)
    times = seconds({name: partial(_often, arm, repeats) for name, arm in arms.items()}, rounds, clock)
    ms = {name: [1e3 * each / repeats for each in found] for name, found in times.items()}
    print(f"heuristic policy, batch of {ROWS}, {side} x {side}, {rounds} rounds of {repeats}, ms per batch")
    print(f"{'':20}{'median':>10}{'fastest':>10}{'ratio':>8}  goal")
    for name, found in ms.items():
        ratio = median(found) / median(ms["ours"])
        print(f"{name:20}{median(found):10.2f}{min(found):10.2f}{ratio:8.2f}  {GOALS.get(name, '')}")
    network = default_network().to(device)
    step = updates_of(network, lambda: Objective()(network(batch.image), batch.label))
    step_ms = 1e3 * min(seconds({"step": step}, 1, clock, warm=False)["step"])
    print(f"a step of nnunet     {step_ms:9.0f}; augmentation is {median(ms['ours']) / step_ms:.2%} of it")


def _peers(batch: Batch) -> dict[str, Arm]:
    """What there is to be beside, on a CPU."""
    if batch.image.is_cuda:
        return {}
    try:
        return {"MONAI": monai(batch), "batchgeneratorsv2": batchgenerators(batch)}
    except ImportError:
        print("batchgeneratorsv2 is not installed: pip install -e '.[bench]'")
        return {"MONAI": monai(batch)}


def _often(arm: Callable[[], object], repeats: int) -> Sequence[object]:
    return [arm() for _ in range(repeats)]
