"""A few training images and what a strategy makes of them, for previews and data set cards."""

from dataclasses import dataclass
from functools import partial

import torch
from rich.console import Console
from torch import Tensor

from segaug.augment.artefact import Content
from segaug.augment.augment import apply, cut, draw, total_displacement_px
from segaug.augment.baseline import own_stages
from segaug.augment.strategy import PrepareContext, Prepared, Strategy
from segaug.batch import Batch, with_patches
from segaug.data.task import Task
from segaug.deform.jacobian import jacobian
from segaug.experiment.artefacts.make_all import make_here
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.cards.bank_pictures import bank_pictures
from segaug.experiment.config.schema import Config
from segaug.experiment.planned.allowed import allowed_data, prepare_context
from segaug.results.bank_pictures import BankPictures
from segaug.rng import stream
from segaug.training.stopwatch import Stopwatch


@dataclass(frozen=True)
class Augmented:
    """k versions of n images, on the CPU, and the field of the strategy's own stages; of patches if these are shown.

    original_image: (n, C, H, W).  original_label: (n, K, H, W).
    image: (n, k, C, H, W).  label: (n, k, K, H, W).  displacement_px: (n, k, 2, H, W); of the baseline, for the
    baseline itself.  jacobian: (n, k, H - 1, W - 1), its determinant in each cell of four pixels, 0 or less where it
    folds; None for the baseline itself: of flips, it would only be -1.
    """

    original_image: Tensor
    original_label: Tensor
    image: Tensor
    label: Tensor
    displacement_px: Tensor
    jacobian: Tensor | None


def example_batch(task: Task, count: int, seed: int = 0) -> Batch:
    """Images of the pool, drawn at random, of its sources by turns; fewer where the pool is smaller."""
    pool = torch.tensor(task.split.pool, dtype=torch.long)
    drawn = pool[torch.randperm(len(pool), generator=stream(seed, "examples"))]
    return task.batch(drawn[by_turns(task.source[drawn])][:count].tolist())


def by_turns(source: Tensor) -> Tensor:
    """Places of rows, first the first one of each source, then the second ones; of one source as they are."""
    nth = torch.empty_like(source)
    for each in source.unique():
        nth[source == each] = torch.arange(int((source == each).sum()), device=source.device)
    return nth.argsort(stable=True)


def prepare_examples(config: Config, task: Task, batch: Batch, console: Console) -> Prepared:
    """What the strategy of `config` learns if these images are its training subset; progress goes to the console."""
    context = _context(config, task, batch)
    make_here(config.augment.artefacts(context), store_of(config), console)
    return config.augment.prepare(context)


def learned(config: Config, task: Task, batch: Batch) -> list[tuple[str, Content]]:
    """What the strategy has learned for these images, and of which kind each is; made already."""
    context = _context(config, task, batch)
    return [(artefact.kind, context.obtain(artefact)) for artefact in config.augment.artefacts(context)]


def banked(config: Config, task: Task, batch: Batch, prepared: Prepared) -> BankPictures | None:
    """The images that the strategy has made of these images, all of which are shown; None where it makes none."""
    bank = config.augment.bank(prepared)
    return None if bank is None else bank_pictures(bank, _context(config, task, batch), len(batch))


def _context(config: Config, task: Task, batch: Batch) -> PrepareContext:
    rows = tuple(task.split.pool[place] for place in batch.index.tolist())
    validated = config.protocol.validation != "none"  # else nothing chooses what is learned, as in the trials
    validation = task.batch(task.split.validation).to(batch.image.device) if validated else None
    data = allowed_data(config.augment, task, rows, validation).to(batch.image.device)
    return prepare_context(config, task, rows, batch, data, Stopwatch(), store_of(config).obtain)


def patched(config: Config, batch: Batch) -> Batch:
    """The images with the patches that a network is shown of them, where the protocol has patches, by turns."""
    return with_patches(batch, config.protocol.window(batch.image.ndim - 2), stream(config.seed, "patch", "examples"))


def augmented(strategy: Strategy, prepared: Prepared, batch: Batch, versions: int, seed: int = 0) -> Augmented:
    """Apply a strategy to each image several times; the draws are those of the first steps of a trial of this seed."""
    shown = own_stages(strategy)  # the baseline's flips would hide a strategy's own field
    made = [_once(strategy, shown or strategy.stages(), prepared, batch, seed, step) for step in range(versions)]
    image, label, field = (torch.stack(version, dim=1).cpu() for version in zip(*made, strict=True))
    cells = jacobian(field.flatten(0, 1)).unflatten(0, field.shape[:2]) if shown else None
    original = cut(batch)
    return Augmented(original.image.cpu(), original.label.cpu(), image, label, field, cells)


def _once(
    strategy: Strategy, shown: tuple[Strategy, ...], prepared: Prepared, batch: Batch, seed: int, step: int
) -> tuple[Tensor, Tensor, Tensor]:
    """One version of each image, and the field of the stages that are to be shown."""
    draws = draw(strategy.stages(), prepared, batch, partial(stream, seed, "augment", step))
    field = total_displacement_px([each for each in draws if each.stage in shown], prepared, batch)
    result = apply(draws, prepared, batch)
    if field is None:
        field = result.image.new_zeros(len(batch), 2, *result.image.shape[-2:])
    return result.image, result.label, field
