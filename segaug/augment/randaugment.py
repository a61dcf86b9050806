"""RandAugment: the heuristic policy with one magnitude for all."""

from dataclasses import dataclass
from typing import ClassVar

from segaug.augment.policy.starts import MAGNITUDES, Probabilities, randaugment
from segaug.augment.policy_fixed import FixedPolicy
from segaug.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class RandAugment(FixedPolicy):
    """nnU-Net's probabilities, with one magnitude in each group; in place of the shared baseline.

    Source: Cubuk et al. (2020), as Li et al. (2023) carried it over: each group still draws for itself whether it acts.
    """

    file: ClassVar[str] = "conf/augment/randaugment.yaml"

    magnitude: str = "medium"  # small | medium | large

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.magnitude not in MAGNITUDES:
            raise ConfigError(
                key="augment.magnitude",
                file=self.file,
                problem=f"got {self.magnitude!r}",
                fix=f"choose from {', '.join(MAGNITUDES)}",
            )

    def start_probabilities(self, axes: int) -> Probabilities:
        """Those of the magnitude."""
        return randaugment(self.magnitude, axes)
