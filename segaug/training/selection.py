"""Validation while training: history, early stopping, and the best weights kept in memory."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import torch
from pytorch_lightning import Callback, LightningModule, Trainer

from segaug.batch import Batch
from segaug.models.inference import logits_of
from segaug.training.criterion import Criterion
from segaug.training.segmentation import Segmentation
from segaug.training.weights import Weights, weights_of


@dataclass
class History:
    """One entry per validation; those of `validation`, by the key of a measure, are empty without validation labels."""

    update: list[int] = field(default_factory=list)
    epoch: list[int] = field(default_factory=list)
    training_loss: list[float] = field(default_factory=list)
    validation: dict[str, list[float]] = field(default_factory=dict)

    def columns(self) -> dict[str, Sequence[float]]:
        """By name, as records hold them."""
        own: dict[str, Sequence[float]] = {
            "update": self.update,
            "epoch": self.epoch,
            "training_loss": self.training_loss,
        }
        return own | {f"validation_{key}": values for key, values in self.validation.items()}


class Selection(Callback):
    """Validates as one whole-tensor pass after the updates that the schedule names.

    `stopped` ends as "budget", "patience" or "diverged" (a loss or the validation cross-entropy is not finite).
    """

    def __init__(self, validation: Batch | None, criterion: Criterion) -> None:
        self.validation, self.criterion = validation, criterion
        self.history = History(validation={key: [] for key in criterion.keys})
        self.best_error, self.best_update = math.inf, 0
        self.best_weights: Weights | None = None
        self.stopped = "budget"
        self._without_gain = 0

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: object, batch: Batch, batch_idx: int
    ) -> None:
        """Validate where the schedule says so, and stop where there is a reason to."""
        module, step = cast(Segmentation, pl_module), batch_idx
        if not module.schedule.validates_after(step):
            return
        self._log_training(module, step)
        if self.validation is not None and self.stopped != "diverged":
            with module.watch("network"):
                self._validate(module, step + 1)
        trainer.should_stop = self.stopped != "budget"

    def _log_training(self, module: Segmentation, step: int) -> None:
        loss = torch.stack(module.losses).mean().item()
        module.losses.clear()
        self.history.update.append(step + 1)
        self.history.epoch.append(math.ceil((step + 1) / module.schedule.updates_per_epoch))
        self.history.training_loss.append(loss)
        if not math.isfinite(loss):
            self.stopped = "diverged"

    def _validate(self, module: Segmentation, update: int) -> None:
        assert self.validation is not None  # checked by the caller; for the type checker
        window = module.protocol.window(self.validation.image.ndim - 2)
        logits = logits_of(module.network, self.validation.image, window=window)
        values = self.criterion.values(logits, self.validation.label)
        for key, value in values.items():
            self.history.validation[key].append(value)
        if not all(map(math.isfinite, values.values())):
            self.stopped = "diverged"
        elif (error := self.criterion.error(values)) < self.best_error:
            self.best_error, self.best_update, self._without_gain = error, update, 0
            self.best_weights = weights_of(module.network, module.strategy, module.prepared)
        else:
            self._without_gain += 1
            if module.schedule.patience is not None and self._without_gain >= module.schedule.patience:
                self.stopped = "patience"
