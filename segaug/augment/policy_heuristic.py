"""A policy that somebody wrote down: nnU-Net's, DeepMedic's, or that of a file."""

from dataclasses import dataclass, field
from typing import ClassVar

from segaug.augment.policy.start_file import resolved, start_of
from segaug.augment.policy.starts import Probabilities, start
from segaug.augment.policy_fixed import FixedPolicy
from segaug.policy_file import ALL, BACKGROUND, FOREGROUND


@dataclass(frozen=True, kw_only=True)
class PolicyHeuristic(FixedPolicy):
    """Transform by a fixed policy, in place of the shared baseline.

    Source: Li et al. (2023), whose starts these are: nnunet and deepmedic are what the two frameworks do, uniform gives
    all options of a group the same probability, half and mild have P(identity) = 0.5 and 0.9 in each group.

    A file with a policy of each class gives each patch that of its own; whole images, which have no class, the mean.
    """

    file: ClassVar[str] = "conf/augment/policy_heuristic.yaml"

    start: str = "nnunet"  # nnunet | deepmedic | uniform | half | mild, or a file that `segaug policy export` wrote
    start_policy: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)  # what the file holds

    def resolved(self) -> "PolicyHeuristic":
        """With the policy of the file."""
        return resolved(self, axes=2)

    def start_probabilities(self, axes: int) -> Probabilities:
        """Those of the file, or of the start of this name."""
        return start_of(self.start_policy, ALL) if self.start_policy else start(self.start, axes, self.file)

    def start_by_class(self, axes: int) -> tuple[Probabilities, Probabilities] | None:
        """Those of a file with a policy of each class."""
        if FOREGROUND not in self.start_policy:
            return None
        return start_of(self.start_policy, BACKGROUND), start_of(self.start_policy, FOREGROUND)
