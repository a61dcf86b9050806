"""Training-time policies and the test-time policy, learned together while the network is trained."""

from dataclasses import dataclass, replace
from typing import ClassVar, cast

import torch
from torch import Tensor

from segaug.augment.augment import cut
from segaug.augment.policy.categorical import draw
from segaug.augment.policy.operations import unforbidden
from segaug.augment.policy.policies import Policies, Policy
from segaug.augment.policy.starts import logits_of
from segaug.augment.policy.test_time import MOST, STARTS, forward, forward_label, most_probable, start
from segaug.augment.policy.test_time_learning import foreground_patches, learn_test_time
from segaug.augment.policy_class_specific import PolicyClassSpecific
from segaug.augment.strategy import PrepareContext, StepContext
from segaug.batch import Batch
from segaug.models.inference import Forward, predicting


@dataclass(frozen=True, kw_only=True)
class PolicyJoint(PolicyClassSpecific):
    """Policies of both classes, and one of test time; each is learned under what the other does.

    The validation rows that judge the training-time policies are transformed by draws from the test-time policy, which
    is learned on a validation image, a patch around its foreground where there are patches, by the Dice of what the
    network makes of it under several operations.  It predicts by its most probable ones, none of which is forbidden.

    Source: Li et al. (2023), IEEE TMI, section III-C; their prostate U-Net is not class-specific.
    """

    file: ClassVar[str] = "conf/augment/policy_joint.yaml"

    # false: one policy for all rows, which needs no patches
    class_specific: bool = True  # type: ignore[misc]
    gamma: float | None = None  # learning rate of the test-time policy; null: 12.8 / its updates
    test_time_start: str = "flips"  # flips | identity_flips | mirrors | identity_mirrors | left_right
    test_time_samples: int = 10  # operations drawn at each update

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_rate("gamma")
        if self.test_time_start not in STARTS:
            self.refuse("test_time_start", f"choose from {', '.join(STARTS)}")
        if self.test_time_samples < 2:
            self.refuse("test_time_samples", "use at least 2: they are compared with each other")

    def prepare(self, context: PrepareContext) -> Policies:
        """All policies at their start."""
        policies = super().prepare(context)
        allowed = unforbidden(policies.axes, self.forbid)
        policies.test_time = Policy(logits_of([start(self.test_time_start, policies.axes) * allowed]))
        return policies

    def judges(self, context: StepContext) -> Batch:
        """Each transformed by an operation of the test-time policy."""
        assert context.draw_validation is not None
        rows, rng = context.draw_validation(self.validation_rows), context.rng("Policy", "validation")
        seen = cut(rows)
        logits = _test_time(context.prepared).logits.detach()
        drawn = draw(logits.expand(len(seen), -1), (len(logits),), rng)
        ids = drawn.option[:, 0]
        return replace(seen, image=forward(seen.image, ids, rng, rows.image), label=forward_label(seen.label, ids))

    def learn_beside(self, context: StepContext) -> None:
        """The test-time policy, where any of the validation rows of this update shows foreground."""
        assert context.draw_validation is not None
        rng, rows = context.rng("Policy", "test time"), context.draw_validation(self.validation_rows)
        shown = (rows.label > 0.5).flatten(1).any(1).cpu().nonzero()[:, 0]
        if not len(shown):
            return
        chosen = rows.rows(shown[torch.randint(len(shown), (1,), generator=rng)].to(rows.image.device))
        with predicting(context.model, None) as network:
            learn_test_time(
                _test_time(context.prepared),
                network,
                foreground_patches(chosen, context.patch, rng),
                context.objective.probabilities,
                rng,
                samples=self.test_time_samples,
                rate=self.rate(self.gamma, context),
                whole=chosen.image,
            )

    def predict(self, model: Forward, image: Tensor, prepared: Policies) -> Tensor:
        """Logits, averaged over the most probable operations."""
        policy = most_probable(_test_time(prepared).logits.detach(), MOST[image.ndim - 2])
        return policy.predict(model, image)


def _test_time(prepared: object) -> Policy:
    return cast(Policy, cast(Policies, prepared).test_time)
