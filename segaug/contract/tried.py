"""A strategy and the images that it is tried on: what promises of strategies are asked of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property, partial
from typing import Any

import torch
from torch import Tensor

from segaug.augment.augment import Draw, augment, draw
from segaug.augment.strategy import Params, Prepared, Strategy
from segaug.batch import Batch, with_patches
from segaug.contract.cheap import on_small_patches
from segaug.contract.examples import FORMS, batch_for
from segaug.contract.learning import Learning
from segaug.contract.promise import NotAsked
from segaug.rng import stream

RNG = partial(stream, 21, "augment", 4)
SIDE = 16  # of a patch [px]
Streams = Callable[..., torch.Generator]


@dataclass(frozen=True)
class Tried:
    """A strategy, images of a form, and what it learned of them; made anew for each promise, which may change it."""

    name: str
    strategy: Strategy
    form: str  # one of FORMS
    learning: Learning

    @cached_property
    def batch(self) -> Batch:
        """Three images with labels."""
        return batch_for(self.strategy, FORMS[self.form])

    @cached_property
    def prepared(self) -> Prepared:
        """What it made before training, from the images of the batch."""
        return self.learned(self.batch)

    def learned(self, batch: Batch) -> Prepared:
        """What it makes of another batch."""
        return self._learned(self.strategy, batch, None)

    @property
    def stages(self) -> tuple[Strategy, ...]:
        """Its stages."""
        return self.strategy.stages()

    def run(self, batch: Batch | None = None, rng: Streams = RNG) -> Batch:
        """The batch, or another one, augmented."""
        return augment(self.stages, self.prepared, self.batch if batch is None else batch, rng)

    def draws(self, rng: Streams = RNG) -> tuple[Draw, ...]:
        """What is drawn for the batch."""
        return draw(self.stages, self.prepared, self.batch, rng)

    @cached_property
    def on_patches(self) -> Strategy:
        """The strategy, as it takes patches of few pixels."""
        return on_small_patches(self.name, self.strategy)

    @cached_property
    def patched(self) -> Batch:
        """The batch with a patch of each image."""
        return with_patches(self.batch, (SIDE, SIDE), stream(0, "patch"))

    @cached_property
    def prepared_on_patches(self) -> Prepared:
        """What it made before training, where the network is shown patches."""
        return self.learned_on_patches(self.batch)

    def learned_on_patches(self, batch: Batch) -> Prepared:
        """What it makes of another batch there."""
        return self._learned(self.on_patches, batch, SIDE)

    def _learned(self, strategy: Strategy, batch: Batch, patch: int | None) -> Prepared:
        try:
            return self.learning.prepare(strategy, batch, patch)
        except Exception as error:
            raise Unprepared("it could not be prepared") from error


class Unprepared(NotAsked):
    """What it promises for later cannot be asked; `it_prepares` says why."""


def soft_rows(draws: Sequence[Draw]) -> Tensor:
    """Rows whose labels may come out between 0 and 1, (B,) bool: warped bilinearly, or mixed with another row."""
    return torch.stack([one.applied & (one.soft | one.stage.mixes_rows) for one in draws]).any(0)


def rows(params: Params, index: slice) -> Params:
    """The chosen rows of any params."""
    if isinstance(params, Tensor):
        return params[index]
    if is_dataclass(params) and not isinstance(params, type):
        return replace(params, **{f.name: rows(getattr(params, f.name), index) for f in fields(params)})
    return params


def tensors(params: Any) -> list[Tensor]:  # of whatever a strategy draws
    """All tensors of any params."""
    if is_dataclass(params):
        return [tensor for f in fields(params) for tensor in tensors(getattr(params, f.name))]
    return [params] if isinstance(params, Tensor) else []


def equal(one: Batch, other: Batch) -> bool:
    """Are images and labels the same, bit for bit?"""
    return torch.equal(one.image, other.image) and torch.equal(one.label, other.label)
