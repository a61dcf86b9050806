"""One update of the policies beside a plain step of the same batch, and what it is made of."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import torch
from bench_parts.turns import Arm, Clock, seconds
from torch import Tensor, nn

from policy_parts.example import LEARNING_RATE, ROWS, SEED, default_network, example, updates_of
from policy_parts.turns import ratio_line
from segaug.augment.augment import augment, draw
from segaug.augment.policy.learning import batch_loss, learn_training_time, row_losses
from segaug.augment.policy.meta import WAYS, Way, centred, helpfulness, validation_gradient
from segaug.augment.policy.options import sizes
from segaug.augment.policy_joint import PolicyJoint
from segaug.augment.policy_learned import PolicyLearned
from segaug.augment.strategy import StepContext
from segaug.batch import Batch
from segaug.rng import stream
from segaug.training.objective import Objective

WARMED_UP = 10  # updates of the network before it is measured on: one that is not trained has other gradients
RARELY = 10**6
GOALS = {"difference": 3.4, "exact": 4.2}  # a plain step, and 2.4 and 3.2 of them


@dataclass(frozen=True)
class Step:
    """A network, a batch, and the validation rows that judge it."""

    network: nn.Module
    batch: Batch
    validation: Batch

    def context(self, strategy: PolicyLearned, prepared: object, step: int) -> StepContext:
        """What the strategy is told."""
        rng = partial(stream, SEED, "augment", step)
        return StepContext(
            model=self.network, batch=self.batch, prepared=prepared, step=step, updates=RARELY, rate_share=1.0,
            learning_rate=LEARNING_RATE, objective=Objective(), optimiser=cast(Any, None), look_ahead=cast(Any, None),
            augment=lambda batch: augment(strategy.stages(), prepared, batch, rng), rng=rng,
            draw_validation=lambda rows: self.validation.rows(slice(0, rows)),
        )  # fmt: skip

    def prepared(self, strategy: PolicyLearned) -> Any:
        """Policies at their start."""
        return strategy.prepare(cast(Any, SimpleNamespace(subset=self.batch)))

    def repeated(self, strategy: PolicyLearned, first: int = 0) -> Callable[[], None]:
        """Augmentation, the strategy's step and Adam, of a network of its own; first: number of the first step."""
        own, steps = Step(deepcopy(self.network), self.batch, self.validation), count(first)
        prepared = own.prepared(strategy)
        return updates_of(own.network, lambda: strategy.training_step(own.context(strategy, prepared, next(steps))))

    def direction(self) -> dict[str, Tensor]:
        """v after the step on this batch."""
        objective = Objective()
        loss = objective(self.network(self.batch.image), self.batch.label)
        gradients = torch.autograd.grad(loss, [*self.network.parameters()])
        return validation_gradient(self.network, gradients, LEARNING_RATE, batch_loss(objective, self.validation))

    def helpful(self, way: Way, v: dict[str, Tensor]) -> Tensor:
        """h of the batch's rows."""
        return helpfulness(self.network, row_losses(Objective(), self.batch), v, way)


def trained_step(side: int, device: torch.device) -> Step:
    """Of a network that has seen some updates."""
    network, batch = default_network().to(device), example(side).to(device)
    update = updates_of(network, lambda: Objective()(network(batch.image), batch.label))
    for _ in range(WARMED_UP):
        update()
    return Step(network, batch, example(side, seed=SEED + 1).to(device))


def wholes(step: Step) -> dict[str, Arm]:
    """Steps with and without an update of the policies."""
    plain = PolicyLearned(policy_every=RARELY)
    learning = {way: PolicyLearned(meta=way) for way in WAYS} | {"joint": PolicyJoint(class_specific=False)}
    arms = {"plain": step.repeated(plain, first=1), "plain again": step.repeated(plain, first=1)}
    return arms | {name: step.repeated(strategy) for name, strategy in learning.items()}


def parts(step: Step) -> dict[str, Arm]:
    """What an update of the policies adds to a plain step."""
    strategy, v = PolicyJoint(class_specific=False), step.direction()
    prepared = step.prepared(strategy)
    context, judges = step.context(strategy, prepared, 0), batch_loss(Objective(), step.validation)
    gradients, helpful = [torch.zeros_like(each) for each in v.values()], step.helpful("difference", v).cpu()

    def counting() -> None:
        (drawn,) = (one.params.drawn for one in draw(strategy.stages(), prepared, step.batch, context.rng))
        kind = torch.zeros(ROWS, dtype=torch.long)
        learn_training_time(prepared, helpful, drawn, kind, sizes(prepared.axes), (LEARNING_RATE, 0.0))

    return {
        "validation gradient": lambda: validation_gradient(step.network, gradients, LEARNING_RATE, judges),
        "h, difference": lambda: step.helpful("difference", v),
        "h, exact": lambda: step.helpful("exact", v),
        "TEA, 10 operations": lambda: strategy.learn_beside(context),
        "counting and Adam": counting,
    }


def update_table(side: int, rounds: int, device: torch.device, clock: Clock) -> None:
    """Print it, all of it in plain steps."""
    step = trained_step(side, device)
    print(f"an update of the policies, batch of {ROWS}, {side} x {side}, nnunet, {rounds} rounds, in plain steps")
    times = seconds(wholes(step) | parts(step), rounds, clock)
    for name in times:
        ratio_line(name, times, "plain", GOALS.get(name), "plain again")
    v = step.direction()
    found, exact = (step.helpful(way, v).cpu() for way in ("difference", "exact"))
    alike = torch.zeros(ROWS, dtype=torch.long)
    error, centred_error = (
        float((one - other).norm() / other.norm())
        for one, other in ((found, exact), (centred(found, alike), centred(exact, alike)))
    )
    print(f"  the difference is off by {error:.1e} of the exact h, by {centred_error:.1e} of what centring leaves")
