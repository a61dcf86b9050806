"""Validation while training: history, early stopping, and the best weights kept in memory."""

import math
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import torch
from pytorch_lightning import Callback, LightningModule, Trainer

from segaug.batch import Batch
from segaug.metrics import cross_entropy
from segaug.training.inference import logits_of
from segaug.training.segmentation import Segmentation
from segaug.training.weights import Weights, weights_of


@dataclass
class History:
    """One entry per validation; validation_bce is empty where the protocol uses no validation labels."""

    update: list[int] = field(default_factory=list)
    epoch: list[int] = field(default_factory=list)
    training_loss: list[float] = field(default_factory=list)
    validation_bce: list[float] = field(default_factory=list)


class Selection(Callback):
    """Validates as one whole-tensor pass after the updates that the schedule names.

    `stopped` ends as "budget", "patience" or "diverged" (a loss or the validation BCE is not finite).
    """

    def __init__(self, validation: Batch | None) -> None:
        self.validation = validation
        self.history = History()
        self.best_bce, self.best_update = math.inf, 0
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
        predict = partial(module.strategy.predict, prepared=module.prepared)
        logits = logits_of(module.network, self.validation.image, predict)
        value = cross_entropy(logits, self.validation.label).mean().item()
        self.history.validation_bce.append(value)
        if not math.isfinite(value):
            self.stopped = "diverged"
        elif value < self.best_bce:
            self.best_bce, self.best_update, self._without_gain = value, update, 0
            self.best_weights = weights_of(module.network, module.strategy, module.prepared)
        else:
            self._without_gain += 1
            if module.schedule.patience is not None and self._without_gain >= module.schedule.patience:
                self.stopped = "patience"
