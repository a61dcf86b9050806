"""A few training images and what a strategy makes of them, for previews and data set cards."""

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from segaug.augment.augment import apply, draw, total_displacement_px
from segaug.augment.strategy import Strategy
from segaug.batch import Batch
from segaug.data.task import Task
from segaug.rng import stream


@dataclass(frozen=True)
class Augmented:
    """k versions of n images: image, label (n, k, H, W); displacement_px (n, k, 2, H, W) of the first stage alone."""

    image: Tensor
    label: Tensor
    displacement_px: Tensor


def example_batch(task: Task, count: int, seed: int = 0) -> Batch:
    """Images of the pool, drawn at random; fewer where the pool is smaller."""
    pool = task.split.pool
    order = torch.randperm(len(pool), generator=stream(seed, "examples"))[:count]
    return task.batch([pool[place] for place in order.tolist()])


def augmented(strategy: Strategy, batch: Batch, versions: int, seed: int = 0) -> Augmented:
    """Apply a strategy to each image several times; the draws are those of the first steps of a trial of this seed."""
    made = [_once(strategy, batch, seed, step) for step in range(versions)]
    return Augmented(*(torch.stack(parts, dim=1) for parts in zip(*made, strict=True)))


def _once(strategy: Strategy, batch: Batch, seed: int, step: int) -> tuple[Tensor, Tensor, Tensor]:
    draws = draw(strategy.stages(), None, batch, partial(stream, seed, "augment", step))
    field = total_displacement_px(draws[:1], None, batch)  # the baseline's flips would hide a strategy's own field
    if field is None:
        field = batch.image.new_zeros(len(batch), 2, *batch.image.shape[-2:])
    result = apply(draws, None, batch)
    return result.image[:, 0], result.label[:, 0], field
