"""What a strategy is told about how the segmentation network is trained; who trains it is not its concern."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


class Objective(Protocol):
    """What logits mean, and what is made small; the same for one structure and for several."""

    def __call__(self, logits: Tensor, label: Tensor) -> Tensor:
        """The loss of logits (B, 1 or K + 1, ...) and label (B, K, ...), hard or soft; a scalar."""
        ...

    def probabilities(self, logits: Tensor) -> Tensor:
        """Probability of each structure, (B, K, ...)."""
        ...

    @property
    def of_rows(self) -> bool:
        """Is the loss of a batch the mean of the losses of its rows?"""
        ...


class UpdateRule(Protocol):
    """How gradients become an update."""

    @property
    def name(self) -> str:
        """adam, adamw or sgd."""
        ...

    @property
    def weight_decay(self) -> float:
        """Added to the gradient, by adamw taken from the weight."""
        ...

    @property
    def momentum(self) -> float:
        """Of sgd."""
        ...

    @property
    def nesterov(self) -> bool:
        """Of sgd."""
        ...

    @property
    def clip_norm(self) -> float | None:
        """Longest gradient of all weights together."""
        ...


LookAhead = Callable[[Sequence[Tensor | None]], list[Tensor]]  # gradients -> weights, in the order of parameters()
ValidationError = Callable[[Tensor], float]  # logits of all validation images -> what the best weights are chosen by


@dataclass(frozen=True)
class Training:
    """How a trial will be trained, as far as it is known before anything is decoded."""

    objective: Objective
    patch: tuple[int, ...] | None  # what the network sees of an image; None: all of it
    updates: int | None  # None: N is the whole pool, which nobody has counted yet
