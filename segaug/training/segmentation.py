"""The LightningModule of segmentation: composes a network, a strategy and an objective; knows no formula of either."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar, cast

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn
from torch.optim import Optimizer

from segaug.augment.augment import augment
from segaug.augment.strategy import NOTHING, Allowed, Prepared, StepContext, Strategy
from segaug.batch import Batch, with_patches
from segaug.rng import stream
from segaug.training.criterion import Criterion
from segaug.training.look_ahead import look_ahead
from segaug.training.objective import objective_for
from segaug.training.protocol import Protocol, Schedule
from segaug.training.stopwatch import Stopwatch

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
        criterion: Criterion,
        allowed: Allowed = NOTHING,
    ) -> None:
        super().__init__()
        self.allowed, self.criterion = allowed, criterion
        self.network, self.strategy, self.prepared = network, strategy, prepared
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
            loss = objective_for(self.protocol.objective, batch.ignored)(self.network(batch.image), batch.label)
        self.losses.append(loss.detach())
        return loss

    def _augment(self, rng: Callable[..., torch.Generator], batch: Batch) -> Batch:
        with self.watch("augmentation"):
            return augment(self.strategy.stages(), self.prepared, batch, rng)

    def _step_context(self, batch: Batch, step: int, rng: Callable[..., torch.Generator]) -> StepContext:
        rate_share = self.schedule.factor(step)
        patch = self.protocol.window(batch.image.ndim - 2)
        return StepContext(
            model=self.network,
            batch=batch,
            prepared=self.prepared,
            step=step,
            updates=self.schedule.updates,
            learning_rate=rate_share * self.learning_rate,
            rate_share=rate_share,
            objective=objective_for(self.protocol.objective, batch.ignored),
            optimiser=self.protocol.optimiser,
            look_ahead=self._look_ahead,
            augment=partial(self._augment, rng),
            rng=rng,
            external=self.allowed.external,
            draw_external=_drawing(self.allowed.external, rng, "external"),
            draw_unlabelled=_drawing(self.allowed.unlabelled, rng, "unlabelled"),
            draw_validation=self._drawing_validation(rng, patch),
            patch=patch,
            validation_error=self.criterion.on(self.allowed.validation),
        )

    def _drawing_validation(
        self, rng: Callable[..., torch.Generator], patch: tuple[int, ...] | None
    ) -> Callable[[int], Batch] | None:
        draw = _drawing(self.allowed.validation, rng, "validation")
        return None if draw is None else lambda count: with_patches(draw(count), patch, rng("validation", "patch"))

    def _look_ahead(self, gradients: Sequence[Tensor | None]) -> list[Tensor]:
        optimizer = cast(Optimizer, self.optimizers(use_pl_optimizer=False))
        return look_ahead(optimizer, self.protocol.optimiser, gradients)

    def configure_optimizers(self) -> Any:  # Lightning's own union of a dozen shapes
        """The protocol's update rule, its rate following the schedule at each update."""
        betas = (self.protocol.beta1, self.protocol.beta2)
        optimizer = self.protocol.optimiser.build(self.network.parameters(), self.learning_rate, betas)
        rates = torch.optim.lr_scheduler.LambdaLR(optimizer, self.schedule.factor)
        return [optimizer], [{"scheduler": rates, "interval": "step"}]

    def on_before_optimizer_step(self, optimizer: Optimizer) -> None:
        """Clip the gradients where the rule says so."""
        self.protocol.optimiser.clip(self.network.parameters())

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
