"""TrivialAugment: one operation per image, at a uniform magnitude."""

from dataclasses import dataclass
from math import inf
from typing import ClassVar

import torch

from segaug.augment.policy.categorical import Drawn, draw
from segaug.augment.policy.options import IDENTITY, sizes
from segaug.augment.policy.starts import Probabilities, start
from segaug.augment.policy_fixed import Fixed, FixedPolicy
from segaug.batch import Batch
from segaug.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class TrivialAugment(FixedPolicy):
    """One group of operations, or none, each with equal chance, at a magnitude from anywhere in its range.

    It takes the place of the shared baseline, and has nothing to tune.  Source: Mueller and Hutter (2021), with the
    operations of Li et al. (2023), and magnitudes that are continuous where theirs have 31 steps: the ranges of a
    group's options touch and are equally wide, so an option drawn evenly and a magnitude within it are one that is
    uniform over all of them.  One rotation in four is a quarter turn, a filter blurs as often as it sharpens.
    """

    file: ClassVar[str] = "conf/augment/trivialaugment.yaml"

    def __post_init__(self) -> None:
        super().__post_init__()
        if still := [name for name in self.forbid if name.endswith(f"/{IDENTITY}")]:
            raise ConfigError(
                key="augment.forbid",
                file=self.file,
                problem=f"got {still[0]}, and one group acts at a time: all others have to leave the image as it is",
                fix="forbid groups, or options that do something",
            )

    def start_probabilities(self, axes: int) -> Probabilities:
        """All options; of these one group at a time acts."""
        return start("uniform", axes)

    def draw_options(self, batch: Batch, prepared: Fixed, rng: torch.Generator) -> Drawn:
        """Draw a group, and one of its options but the identity; the identity of all others."""
        of_group = sizes(batch.image.ndim - 2)
        parts = prepared.logits.split(of_group)
        acting = [number for number, part in enumerate(parts) if part[1:].isfinite().any()]
        nothing = len(parts)
        drawn = torch.tensor([*acting, nothing])[torch.randint(len(acting) + 1, (len(batch),), generator=rng)]
        logits = prepared.logits.repeat(len(batch), 1)
        for number, part in enumerate(logits.split(of_group, dim=1)):
            part[:, 0] = torch.where(drawn == number, -inf, 0.0)
            part[:, 1:] = torch.where((drawn == number)[:, None], part[:, 1:], -inf)
        return draw(logits, of_group, rng)
