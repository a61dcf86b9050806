"""One training-time policy for all rows, learned while the network is trained."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn, cast

import torch
from torch import Tensor

from segaug.augment.augment import cut
from segaug.augment.policy.facts import policy_facts
from segaug.augment.policy.learning import batch_loss, helps, learn_training_time, row_losses, with_gradient
from segaug.augment.policy.meta import WAYS, Way
from segaug.augment.policy.options import sizes
from segaug.augment.policy.policies import Policies
from segaug.augment.policy.start_file import resolved, start_of
from segaug.augment.policy.starts import forbidden, logits_of, start
from segaug.augment.policy_stage import PolicyStage
from segaug.augment.strategy import PrepareContext, Sees, StepContext
from segaug.augment.training_rules import Training
from segaug.batch import Batch
from segaug.errors import ConfigError
from segaug.form import Form
from segaug.policy_file import ALL

MOST_RATE = 1e6  # such a policy is settled by its first step; sums of larger rates would not be finite
REACH = 12.8  # of a policy whose learning rate is not given: that times the updates, 0.05 in 256


@dataclass(frozen=True, kw_only=True)
class PolicyLearned(PolicyStage):
    """A policy whose logits descend the validation loss after the network's next step, at every `policy_every`-th one.

    The step looked ahead is the plain one, whatever the optimiser; the rate follows the protocol's schedule.  Source:
    Li et al. (2023), IEEE TMI, section III-A, "learned" in table III.  See `policy.meta` for what differs.
    """

    file: ClassVar[str] = "conf/augment/policy_learned.yaml"
    needs_validation: ClassVar[bool] = True
    sees: ClassVar[tuple[Sees, ...]] = ("labelled subset", "validation labels")

    start: str = "nnunet"  # nnunet | deepmedic | uniform | half | mild, or a file that `segaug policy export` wrote
    start_policy: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)  # what the file holds
    policy_every: int = 1  # updates of the network
    beta: float | None = None  # learning rate of the policies; null: 12.8 / their updates
    meta: str = "difference"  # difference | exact
    validation_rows: int = 8  # of each update

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("policy_every", "validation_rows"):
            if getattr(self, name) < 1:
                self.refuse(name, "use at least 1")
        if self.meta not in WAYS:
            self.refuse("meta", f"choose from {', '.join(WAYS)}")
        self.check_rate("beta")

    @property
    def kinds(self) -> tuple[str, ...]:
        """Classes of rows that have a policy of their own."""
        return (ALL,)

    def resolved(self) -> "PolicyLearned":
        """With the policies of the file."""
        return resolved(self, axes=2)

    def check(self, form: Form) -> None:
        """There are probabilities for images of so many axes."""
        for kind in self.kinds:
            self._start_logits(kind, len(form.size))

    def check_training(self, training: Training) -> None:
        """Are there losses of rows, updates enough, and all rows to learn from?"""
        if self.p != 1:
            self.refuse("p", "leave it at 1: how often an option is drawn is what is learned")
        if not training.objective.of_rows:
            raise ConfigError(
                key="protocol.objective.loss",
                file=self.file,
                problem="is one of whole batches, and policies are learned from the losses of single rows",
                fix="use cross_entropy or cross_entropy_dice",
            )
        if training.updates is not None:
            self._check_updates(training.updates)

    def prepare(self, context: PrepareContext) -> Policies:
        """Policies at their start."""
        axes = context.subset.image.ndim - 2
        return Policies(axes, {kind: self._start_logits(kind, axes) for kind in self.kinds})

    def kind_of(self, batch: Batch) -> Tensor:
        """Place in `kinds` of each row, (B,) long on the CPU."""
        return torch.zeros(len(batch), dtype=torch.long)

    def logits_for(self, batch: Batch, prepared: Policies) -> Tensor:
        """Those of the policy of each row's class, (B, K)."""
        return prepared.logits_of(self.kind_of(batch))

    def training_step(self, context: StepContext) -> Tensor:  # replaces "augment, then loss"
        """The ordinary loss; from its gradient the policies learn first."""
        batch = context.augment(context.batch)
        loss = context.loss(context.model(batch.image), batch.label)
        if context.step % self.policy_every:
            return loss
        self._check_updates(context.updates)
        with torch.autocast(loss.device.type, enabled=False):
            return self._learned_from(context, batch, loss)

    def state(self, prepared: Policies) -> dict[str, Tensor]:
        """The logits."""
        return prepared.state()

    def load(self, prepared: Policies, state: dict[str, Tensor]) -> None:
        """Put the logits back."""
        prepared.load(state)

    def facts(self, prepared: Policies, best: Mapping[str, Tensor]) -> dict[str, Any]:
        """The policies."""
        return {"policies": policy_facts(prepared, best)}

    def refuse(self, option: str, fix: str) -> NoReturn:
        """Raise ConfigError for the value of an option."""
        raise ConfigError(key=f"augment.{option}", file=self.file, problem=f"got {getattr(self, option)}", fix=fix)

    def check_rate(self, option: str) -> None:
        """Refuse a learning rate that is none."""
        rate = getattr(self, option)
        if rate is not None and not 0 <= rate <= MOST_RATE:
            self.refuse(option, f"use 0 to {MOST_RATE:.0f}, or null: {REACH} / updates of the policies")

    def rate(self, given: float | None, context: StepContext) -> float:
        """Learning rate of a policy at this update."""
        return context.rate_share * (REACH / self._policy_updates(context) if given is None else given)

    def judges(self, context: StepContext) -> Batch:
        """Validation rows that the network is to be better on after its next step, as it is to see them."""
        assert context.draw_validation is not None  # `sees` names them
        return cut(context.draw_validation(self.validation_rows))

    def learn_beside(self, context: StepContext) -> None:
        """What else is learned at an update of the policies."""

    def _learned_from(self, context: StepContext, batch: Batch, loss: Tensor) -> Tensor:
        policies, weights = cast(Policies, context.prepared), [*context.model.parameters()]
        gradients = torch.autograd.grad(loss, weights, allow_unused=True)
        helpful = helps(
            context.model,
            [torch.zeros_like(weight) if one is None else one for weight, one in zip(weights, gradients, strict=True)],
            context.learning_rate,
            row_losses(context.loss, batch),
            batch_loss(context.loss, self.judges(context)),
            cast(Way, self.meta),
        )
        if not helpful.isfinite().all():
            return with_gradient(loss * math.nan, weights, gradients)  # the trial has diverged, and its loss tells so
        drawn = self.draw_options(context.batch, policies, context.rng(self.drawn_as, "sample"))  # what `augment` drew
        rates = (context.learning_rate, self.rate(self.beta, context))
        learn_training_time(policies, helpful, drawn, self.kind_of(context.batch), sizes(policies.axes), rates)
        self.learn_beside(context)
        policies.count(self._policy_updates(context))
        return with_gradient(loss if policies.sound else loss * math.nan, weights, gradients)

    def _policy_updates(self, context: StepContext) -> int:
        return -(-context.updates // self.policy_every)

    def _check_updates(self, updates: int) -> None:
        if self.policy_every > updates:
            self.refuse("policy_every", f"use at most {updates}: there are no more updates of the network")

    def _start_logits(self, kind: str, axes: int) -> Tensor:
        named = start_of(self.start_policy, kind) if self.start_policy else start(self.start, axes, self.file)
        return logits_of(forbidden(named, self.forbid, axes, self.file))
