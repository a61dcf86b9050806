"""A training-time policy for foreground and one for background, learned while the network is trained."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from segaug.augment.policy.policies import Policies
from segaug.augment.policy_learned import PolicyLearned
from segaug.augment.strategy import PrepareContext
from segaug.augment.training_rules import Training
from segaug.batch import Batch
from segaug.errors import ConfigError
from segaug.policy_file import BACKGROUND, FOREGROUND


@dataclass(frozen=True, kw_only=True)
class PolicyClassSpecific(PolicyLearned):
    """A learned policy of each class; the class of a patch is that of the pixel that it was drawn around.

    Source: Li et al. (2023), IEEE TMI, section III-B.
    """

    file: ClassVar[str] = "conf/augment/policy_class_specific.yaml"
    class_specific: ClassVar[bool] = True  # an option of those that have more to learn

    @property
    def kinds(self) -> tuple[str, ...]:
        """Background and foreground, or all rows."""
        return (BACKGROUND, FOREGROUND) if self.class_specific else super().kinds

    def check_training(self, training: Training) -> None:
        """Are there patches, which have a class?"""
        super().check_training(training)
        if self.class_specific and training.patch is None:
            raise ConfigError(
                key="protocol.patch",
                file=self.file,
                problem="the network sees whole images, and these have no class: policies of foreground and background "
                "need patches",
                fix="set protocol.patch to half of dataset.size or less, or use augment=policy_learned, one for all",
            )

    def prepare(self, context: PrepareContext) -> Policies:
        """Policies at their start; raises where the patches of all images would be of one class."""
        if self.class_specific:
            self._check_classes(context.subset)
        return super().prepare(context)

    def kind_of(self, batch: Batch) -> Tensor:
        """1 where the patch was drawn around foreground; of whole images, which are never trained on: is any there?"""
        if not self.class_specific:
            return super().kind_of(batch)
        shown = (batch.label > 0.5).flatten(1).any(1) if batch.patch is None else batch.patch.foreground
        return shown.to("cpu", torch.long)

    def _check_classes(self, subset: Batch) -> None:
        label = subset.label.sum(1)  # NaN, where pixels are ignored, is neither
        for name, pixels in {BACKGROUND: label <= 0.5, FOREGROUND: label > 0.5}.items():
            if not pixels.any():
                raise ConfigError(
                    key="augment",
                    file=self.file,
                    problem=f"no training image shows {name}, so all patches are of one class: a limit that the paper "
                    "names",
                    fix="use augment=policy_learned, one policy for all rows, or a larger scale",
                )
