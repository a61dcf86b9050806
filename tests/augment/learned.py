"""What strategies learn before training, without a store: artefacts are made in memory."""

from functools import partial

import torch

from segaug.augment.artefact import Artefact, quiet, unkept
from segaug.augment.strategy import Allowed, PrepareContext
from segaug.batch import Batch
from segaug.contract.learning import named
from segaug.rng import stream
from segaug.training.objective import Objective


def context(subset, external, made=None):
    """A PrepareContext of these images; each artefact is made once and kept in `made`, by name."""
    made = {} if made is None else made

    def obtain(artefact: Artefact):
        if artefact.name not in made:
            made[artefact.name] = artefact.make(None, quiet, unkept)
        return made[artefact.name]

    allowed = Allowed(external=external)
    return PrepareContext(
        subset=subset,
        allowed=allowed,
        decides={},
        objective=Objective(),
        build_model=_unused,
        train_segmentation=_unused,
        rng=partial(stream, 0),
        obtain=obtain,
        **named(subset, allowed),
    )


def _unused(*_):
    raise AssertionError("neither RegDA nor its control trains a network")


def hearts(count, size=(32, 24), seed=0):
    """A batch of bright discs in darker ellipses, of various places and widths, from a pool of ten times as many."""
    rng = stream(seed, "hearts", count)
    row, column = torch.meshgrid(*((torch.arange(n) + 0.5) / max(size) for n in size), indexing="ij")
    centre = torch.tensor(size).view(1, 2, 1, 1) / max(size) / 2 + 0.06 * torch.randn(count, 2, 1, 1, generator=rng)
    radius = 0.13 + 0.05 * torch.rand(count, 1, 1, generator=rng)
    stretch = 0.9 + 0.4 * torch.rand(count, 1, 1, generator=rng)
    distance = ((row - centre[:, 0]).square() * stretch + (column - centre[:, 1]).square() / stretch).sqrt() / radius
    image = 0.2 + 0.3 * torch.sigmoid(12 * (2 - distance)) + 0.4 * torch.sigmoid(12 * (1 - distance))
    label = (distance < 1).float()
    index = torch.randperm(10 * count, generator=rng)[:count]
    return Batch(image[:, None], label[:, None], index, torch.ones(count, 2), torch.zeros_like(index))
