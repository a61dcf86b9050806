"""What the logits of a network mean, and what it is trained to make small."""

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from segaug import metrics
from segaug.errors import ConfigError
from segaug.known import known

LOSSES = ("cross_entropy", "cross_entropy_dice", "cross_entropy_batch_dice", "dice_iou")
_DICE_FLOOR_PX = 1.0  # of both sides of the fraction: an empty structure, rightly left out, has Dice 1
_EPS_PX = 1e-7  # the same of a whole batch: published


@dataclass(frozen=True, kw_only=True)
class Objective:
    """The loss of the segmentation network (`protocol.objective`).

    y_k is the label of structure k, p_k its probability; y_0 and p_0, of the background, are what the structures leave.

    cross_entropy: the mean over all pixels of w (-sum_k y_k log p_k).  w = sum_k w_k y_k, where background_weight is
    w_0 and the K structures share the rest; w = 1 where it is null.  The mean is not divided by the sum of the weights.
    Source of the weights, for hard and soft labels: Chaitanya et al. (2019), task-driven augmentation.

    cross_entropy_dice: to that is added the mean over images and structures of 1 - (2 o + 1) / (t + 1), o = sum p y and
    t = sum p + sum y over the pixels of an image.  Source: Isensee et al. (2021), but of each image, not of a batch.

    cross_entropy_batch_dice, dice_iou: of each structure, over the pixels of the *whole batch*, so that a row's loss
    depends on the others.  D = 1 - (2 o + e) / (t + e), J = 1 - (o + e) / (t - o + e), e = 1e-7.  The mean of D over
    the structures is added to the cross-entropy; dice_iou is the mean of D + J.  Source: Roy et al. (2025), arXiv
    2507.19575, and its released code.
    """

    loss: str = "cross_entropy"
    background_weight: float | None = None  # e.g. 0.1, structures are small; null: every pixel counts alike

    def __post_init__(self) -> None:
        if self.loss not in LOSSES:
            raise _error("loss", f"got {self.loss!r}", f"choose from {', '.join(LOSSES)}")
        if self.background_weight is not None and not 0 < self.background_weight < 1:
            raise _error("background_weight", f"got {self.background_weight}", "use a weight between 0 and 1, or null")
        if self.background_weight is not None and self.loss == "dice_iou":
            raise _error("background_weight", "dice_iou weighs no pixels", "leave it null, or choose another loss")

    def __call__(self, logits: Tensor, label: Tensor, weight: Tensor | None = None) -> Tensor:
        """A scalar; logits (B, 1 or K + 1, ...), label (B, K, ...) hard or soft, sum over K <= 1.

        weight: (B,), of the cross-entropy of each row; None: 1.
        """
        if self.loss == "dice_iou":
            return _batch_dice_loss(logits.float(), label) + _batch_iou_loss(logits.float(), label)
        loss = self._cross_entropy(logits, label, weight)
        if self.loss == "cross_entropy_dice":
            return loss + _dice_loss(logits.float(), label)
        if self.loss == "cross_entropy_batch_dice":
            return loss + _batch_dice_loss(logits.float(), label)
        return loss

    def probabilities(self, logits: Tensor) -> Tensor:
        """Probability of each structure, (B, K, ...)."""
        return metrics.probabilities(logits)

    @property
    def of_rows(self) -> bool:
        """Is the loss of a batch the mean of the losses of its rows?"""
        return self.loss in ("cross_entropy", "cross_entropy_dice")

    def _cross_entropy(self, logits: Tensor, label: Tensor, weight: Tensor | None) -> Tensor:
        if logits.shape[1] == 1 and self.background_weight is None and weight is None:
            return F.binary_cross_entropy_with_logits(logits, label)
        loss = _pixel_cross_entropy(logits.float(), label)
        loss = loss if self.background_weight is None else self._pixel_weight(label) * loss
        return loss.mean() if weight is None else (loss.flatten(1).mean(1) * weight).mean()

    def _pixel_weight(self, label: Tensor) -> Tensor:
        """(B, K, ...) to (B, ...)."""
        assert self.background_weight is not None  # checked by the caller; for the type checker
        foreground = label.sum(1)
        return self.background_weight * (1 - foreground) + (1 - self.background_weight) / label.shape[1] * foreground


@dataclass(frozen=True)
class ObjectiveOfKnown:
    """The same loss of the known pixels: those whose label is NaN cost nothing and overlap with nothing.

    Cross-entropy is of each image the mean over its known pixels, then the mean over the images of the batch, as it is
    measured: an image counts as much as any other, whatever part of it is known, and one of which an augmentation has
    left no known pixel costs nothing.  (A mean over the known pixels of the batch would make the loss of a row depend
    on the others.)  Sums over pixels are those over the known ones.
    """

    objective: Objective

    def __call__(self, logits: Tensor, label: Tensor) -> Tensor:
        """A scalar; label as of `Objective`, or NaN for all structures of a pixel."""
        return self.objective(*known(logits.float(), label))

    def probabilities(self, logits: Tensor) -> Tensor:
        """Probability of each structure, (B, K, ...)."""
        return self.objective.probabilities(logits)

    @property
    def of_rows(self) -> bool:
        """Is the loss of a batch the mean of the losses of its rows?"""
        return self.objective.of_rows


def objective_for(objective: Objective, ignored: bool) -> Objective | ObjectiveOfKnown:
    """What is made small where labels may be NaN, or are all known."""
    return ObjectiveOfKnown(objective) if ignored else objective


def _pixel_cross_entropy(logits: Tensor, label: Tensor) -> Tensor:
    """(B, ...), one value a pixel."""
    if logits.shape[1] == 1:
        return F.binary_cross_entropy_with_logits(logits, label, reduction="none").squeeze(1)
    return -(metrics.with_background(label) * logits.log_softmax(1)).sum(1)


def _dice_loss(logits: Tensor, label: Tensor) -> Tensor:
    overlap, total = _overlap_and_total(logits, label, dim=2)
    return 1 - ((2 * overlap + _DICE_FLOOR_PX) / (total + _DICE_FLOOR_PX)).mean()


def _batch_dice_loss(logits: Tensor, label: Tensor) -> Tensor:
    overlap, total = _overlap_and_total(logits, label, dim=(0, 2))
    return 1 - ((2 * overlap + _EPS_PX) / (total + _EPS_PX)).mean()


def _batch_iou_loss(logits: Tensor, label: Tensor) -> Tensor:
    overlap, total = _overlap_and_total(logits, label, dim=(0, 2))
    return 1 - ((overlap + _EPS_PX) / (total - overlap + _EPS_PX)).mean()


def _overlap_and_total(logits: Tensor, label: Tensor, dim: int | tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Sums of p y and of p + y over axes of (B, K, pixels)."""
    p, y = metrics.probabilities(logits).flatten(2), label.flatten(2)
    return (p * y).sum(dim), p.sum(dim) + y.sum(dim)


def _error(name: str, problem: str, fix: str) -> ConfigError:
    return ConfigError(key=f"protocol.objective.{name}", file="conf/protocol/", problem=problem, fix=fix)
