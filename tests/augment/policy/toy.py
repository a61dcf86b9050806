"""Tasks of which it is known what a policy has to find: small images, a small network, the real training."""

from types import SimpleNamespace

import torch
from torch import nn

from segaug.augment.policy.options import groups
from segaug.augment.strategy import Allowed
from segaug.batch import Batch
from segaug.training.fit import fit
from segaug.training.optimiser import Optimiser
from segaug.training.protocol import Protocol
from segaug.training.stopwatch import Stopwatch

SIDE = 24
UPDATES = 160


def protocol(updates=UPDATES, patch=None, validate_every=None):
    return Protocol(
        unit="update",
        length=updates,
        warmup=min(8, updates // 2),
        validate_every=validate_every or updates,
        patience=None,
        learning_rate=1e-2,
        batch_size=8,
        optimiser=Optimiser(),
        patch=patch,
    )


def only(group, axes=2):
    """What to forbid so that one group is left."""
    return [each.name for each in groups(axes) if each.name != group]


def network(seed, kernel):
    torch.manual_seed(seed)
    first, second = (nn.Conv2d(channels, 8, kernel, padding=kernel // 2) for channels in (1, 8))
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), nn.Conv2d(8, 1, 1))


def _batch(image, label):
    rows = len(image)
    return Batch(image, label, torch.arange(rows), torch.ones(rows, 2), torch.zeros(rows, dtype=torch.long))


def discs(rows, seed):
    """Two discs an image, (rows, SIDE, SIDE) bool each, in the left and in the right half."""
    rng = torch.Generator().manual_seed(seed)
    y, x = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    found = []
    for middle in (5.5, 17.5):
        row = 5.5 + 12 * torch.rand(rows, generator=rng)
        found.append((y - row[:, None, None]) ** 2 + (x - middle) ** 2 < 20)
    return found


def halves(rows, seed):
    """The structure is the disc that is bright on its right, beside one that is on its left; a mirror swaps them."""
    left, right = discs(rows, seed)
    rng = torch.Generator().manual_seed(seed + 1)
    rises = (torch.rand(rows, generator=rng) < 0.5)[:, None, None]
    x = torch.arange(SIDE).expand(SIDE, SIDE)
    up = torch.where(x % 12 < 6, 0.2, 0.8)
    image = torch.full((rows, SIDE, SIDE), 0.5)
    image = torch.where(left, torch.where(rises, up, 1 - up), image)
    image = torch.where(right, torch.where(rises, 1 - up, up), image)
    label = torch.where(rises, left, right).float()
    return _batch(image[:, None].float(), label[:, None])


def greys(rows, seed, gamma=1.0):
    """The structure is the disc of middle grey, beside one that is brighter or darker, in a range from 0 to 1.

    gamma: half of the images are raised to it, half to 1 / gamma.
    """
    left, right = discs(rows, seed)
    rng = torch.Generator().manual_seed(seed + 1)
    swap, bright = (torch.rand(2, rows, generator=rng) < 0.5)[..., None, None]
    noise = 0.02 * torch.randn(rows, SIDE, SIDE, generator=rng)
    other = torch.where(bright, 0.72, 0.28)
    image = torch.full((rows, SIDE, SIDE), 0.0)
    image[:, -2:] = 1.0  # the range
    image = torch.where(left, torch.where(swap, other, 0.5), image)
    image = torch.where(right, torch.where(swap, 0.5, other), image)
    image = (image + noise).clamp(0, 1)
    exponent = torch.where(torch.arange(rows) % 2 == 0, gamma, 1 / gamma)[:, None, None]
    label = torch.where(swap, right, left).float()
    return _batch(image.pow(exponent)[:, None], label[:, None])


def learned(strategy, train, validation, seed, updates=UPDATES, kernel=3, **options):
    """The policies after training, and what was trained."""
    found, watch = network(seed, kernel), Stopwatch(torch.device("cpu"))
    policies = strategy.prepare(SimpleNamespace(subset=train, allowed=Allowed(validation=validation)))
    trained = fit(
        found, strategy, policies, train, validation, protocol(updates, **options), seed, watch,
        Allowed(validation=validation),
    )  # fmt: skip
    return policies, trained


def alike(first, second, patch=None):
    """Do both strategies train the same network, bit for bit?"""
    ends = (learned(strategy, halves(8, 1), halves(8, 2), 0, 4, patch=patch)[1].last for strategy in (first, second))
    one, other = (end.network for end in ends)
    return all(torch.equal(other[name], value) for name, value in one.items())
