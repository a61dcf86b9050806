"""The LightningModule of segmentation: composes a network, a strategy and the loss; knows no formula of either."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn
from torch.nn import functional as F

from segaug.augment.augment import augment
from segaug.augment.strategy import NOTHING, Allowed, Prepared, StepContext, Strategy
from segaug.batch import Batch
from segaug.rng import stream
from segaug.training.protocol import Protocol, Schedule
from segaug.training.stopwatch import Stopwatch

Loss = Callable[[Tensor, Tensor], Tensor]
Rows = TypeVar("Rows", Tensor, Batch)


class Segmentation(LightningModule):
    """Train `network` on augmented batches.

    `steps` counts the updates done; every random draw of a step is named by (seed, "augment", step), so an
    interrupted trial that starts again repeats them.  allowed: data for a
    strategy with a training step of its own.
    """

    def __init__(
        self,
        network: nn.Module,
        strategy: Strategy,
        prepared: Prepared,
        protocol: Protocol,
        schedule: Schedule,
        seed: int,
        watch: Stopwatch,
        allowed: Allowed = NOTHING,
        loss: Loss = F.binary_cross_entropy_with_logits,
    ) -> None:
        super().__init__()
        self.allowed = allowed
        self.network, self.strategy, self.prepared, self.loss = network, strategy, prepared, loss
        self.protocol, self.schedule, self.seed, self.watch = protocol, schedule, seed, watch
        assert protocol.learning_rate is not None  # settled when the trial was named
        self.learning_rate = protocol.learning_rate
        self.losses: list[Tensor] = []  # since the last validation

    def training_step(self, batch: Batch, step: int) -> Tensor:
        """Loss of one batch, augmented."""
        rng = partial(stream, self.seed, "augment", step)
        if self.strategy.training_step is not None:
            loss = self.strategy.training_step(self._step_context(batch, step, rng))
        else:
            batch = self._augment(rng, batch)
            loss = self.loss(self.network(batch.image), batch.label)
        self.losses.append(loss.detach())
        return loss

    def _augment(self, rng: Callable[..., torch.Generator], batch: Batch) -> Batch:
        with self.watch("augmentation"):
            return augment(self.strategy.stages(), self.prepared, batch, rng)

    def _step_context(self, batch: Batch, step: int, rng: Callable[..., torch.Generator]) -> StepContext:
        return StepContext(
            model=self.network,
            batch=batch,
            prepared=self.prepared,
            step=step,
            learning_rate=self.schedule.factor(step) * self.learning_rate,
            loss=self.loss,
            augment=partial(self._augment, rng),
            rng=rng,
            draw_unlabelled=_drawing(self.allowed.unlabelled, rng, "unlabelled"),
            draw_validation=_drawing(self.allowed.validation, rng, "validation"),
        )

    def configure_optimizers(self) -> Any:  # Lightning's own union of a dozen shapes
        """Adam, its rate following the schedule at each update."""
        optimizer = torch.optim.Adam(
            self.network.parameters(),
            lr=self.learning_rate,
            betas=(self.protocol.beta1, self.protocol.beta2),
            fused=True,
        )
        rates = torch.optim.lr_scheduler.LambdaLR(optimizer, self.schedule.factor)
        return [optimizer], [{"scheduler": rates, "interval": "step"}]

    def on_train_batch_start(self, batch: Batch, step: int) -> None:
        """Count forward, backward and the optimiser to the network ..."""
        self.watch.start("network")

    def on_train_batch_end(self, outputs: object, batch: Batch, step: int) -> None:
        """... up to here."""
        self.watch.stop()


def _drawing(images: Rows | None, rng: Callable[..., torch.Generator], name: str) -> Callable[[int], Rows] | None:
    """A function that draws so many rows without replacement, the same ones each time within a step."""
    if images is None:
        return None

    def draw(count: int) -> Rows:
        chosen = torch.randperm(len(images), generator=rng(name))[:count]
        return (
            images.rows(chosen.to(images.image.device))
            if isinstance(images, Batch)
            else images[chosen.to(images.device)]
        )

    return draw
