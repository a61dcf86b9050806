"""What the policies that do not learn have in common: what is forbidden, and the control that trains on validation."""

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from segaug.augment.policy.starts import Probabilities, forbidden, logits_of
from segaug.augment.policy_stage import PolicyStage
from segaug.augment.strategy import PrepareContext, Sees
from segaug.batch import OF_VALIDATION, Batch, joined
from segaug.form import Form


@dataclass(frozen=True)
class Fixed:
    """What such a policy knows before training."""

    logits: Tensor  # (K,) float32 on the CPU, of all rows
    validation: Batch | None  # images to train on beside the subset
    by_class: Tensor | None = None  # (2, K), of patches around background and foreground; None: as of all


@dataclass(frozen=True, kw_only=True)
class FixedPolicy(PolicyStage):
    """A policy whose probabilities stay.

    train_on_validation is the control of a policy that is learned from validation labels: it has these images to train
    on, in as many updates.  They choose the best weights all the same.  Source: Li et al. (2023), table 1, by a dagger.
    """

    file: ClassVar[str]  # where the options of the subclass stand

    train_on_validation: bool = False

    def start_probabilities(self, axes: int) -> Probabilities:
        """Of each option, before any is forbidden."""
        raise NotImplementedError

    def start_by_class(self, axes: int) -> tuple[Probabilities, Probabilities] | None:
        """The same of patches around background and around foreground, where the policy tells them apart."""
        return None

    def probabilities(self, axes: int) -> Probabilities:
        """Of each option.  Raises ConfigError where nothing of a group is left."""
        return forbidden(self.start_probabilities(axes), self.forbid, axes, self.file)

    def by_class(self, axes: int) -> tuple[Probabilities, ...] | None:
        """The same of background and foreground."""
        of_each = self.start_by_class(axes)
        return of_each and tuple(forbidden(own, self.forbid, axes, self.file) for own in of_each)

    @property
    def sees(self) -> tuple[Sees, ...]:  # type: ignore[override]  # what it sees is an option
        """Validation labels as well, where it is trained on them."""
        return ("labelled subset", "validation labels") if self.train_on_validation else ("labelled subset",)

    @property
    def needs_validation(self) -> bool:  # type: ignore[override]
        """Where it is trained on them."""
        return self.train_on_validation

    def check(self, form: Form) -> None:
        """There are probabilities for images of so many axes."""
        self.probabilities(len(form.size))
        self.by_class(len(form.size))

    def prepare(self, context: PrepareContext) -> Fixed:
        """Its logits, and the images to add."""
        axes = context.subset.image.ndim - 2
        validation = context.allowed.validation if self.train_on_validation else None
        of_each = self.by_class(axes)
        by_class = None if of_each is None else torch.stack([*map(logits_of, of_each)])
        return Fixed(logits_of(self.probabilities(axes)), validation, by_class)

    def training_set(self, subset: Batch, prepared: Fixed) -> Batch:
        """The subset, and where it is asked for the validation images."""
        if prepared.validation is None:
            return subset
        index = torch.full_like(prepared.validation.index, OF_VALIDATION)
        return joined(subset, replace(prepared.validation, index=index))

    def logits_for(self, batch: Batch, prepared: Fixed) -> Tensor:
        """The same for each row, or for each patch those of its class."""
        if prepared.by_class is None or batch.patch is None:
            return prepared.logits.expand(len(batch), -1)
        return prepared.by_class[batch.patch.foreground.long()]
