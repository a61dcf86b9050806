"""Short trainings with a loss on features: discs of 32 x 32 pixels, a small network, four updates."""

from dataclasses import replace

import torch

from segaug.augment.baseline import Baseline
from segaug.models.network import build_with_seed
from segaug.models.nnunet import NnUnet
from segaug.training.fit import fit
from segaug.training.stopwatch import Stopwatch
from tests.augment.learned import hearts
from tests.augment.task_driven.examples import SIZE, context, short_protocol

PROTOCOL = short_protocol(length=4, learning_rate=1e-2, batch_size=3)
LAYERS = ["encoder1", "encoder2", "encoder3", "bottleneck", "decoder3", "decoder2", "decoder1"]


def network(structures=1):
    return build_with_seed(NnUnet(feature_size=4), 1, 1, structures + (structures > 1))


def context_of(subset):
    """What `prepare` is handed: a network of the right kind can be built."""
    return replace(context(labelled=subset), build_model=lambda _: network(subset.label.shape[1]))


def trained(strategy, made=hearts, **changed):
    """What training left behind, and what the strategy had prepared; made: of which kind the images are."""
    subset, validation = made(5, SIZE), made(4, SIZE, seed=2)
    prepared = strategy.prepare(context_of(subset))
    model, protocol = network(subset.label.shape[1]), replace(PROTOCOL, **changed)
    return fit(model, strategy, prepared, subset, validation, protocol, 0, Stopwatch()), prepared


def vector(result):
    return torch.cat([weight.flatten() for weight in result.last.network.values()])


def is_the_baseline(strategy):
    """Do weights and history have the bits of the baseline's?"""
    ours, plain = trained(strategy)[0], fit(
        network(), Baseline(), None, hearts(5, SIZE), hearts(4, SIZE, seed=2), PROTOCOL, 0, Stopwatch()
    )  # fmt: skip
    return torch.equal(vector(ours), vector(plain)) and ours.history.columns() == plain.history.columns()


def half_hearts(count, size, seed=0):
    """The upper halves of the discs, and the lower, as two structures."""
    subset = hearts(count, size, seed)
    upper = torch.zeros_like(subset.label)
    upper[:, :, : SIZE[0] // 2] = 1
    return replace(subset, label=torch.cat([subset.label * upper, subset.label * (1 - upper)], dim=1))
