"""Strategies and a context with which everything of AugPaint is learned in about a second."""

from dataclasses import replace

import torch

from segaug.augment.augpaint.options import Denoiser, Judge
from segaug.augment.augpaint.strategy import AugPaint
from segaug.augment.strategy import Allowed
from segaug.contract.learning import named
from tests.augment import learned
from tests.augment.learned import hearts

SIZE = (16, 24)
DENOISER = Denoiser(updates=6, batch_size=8, learning_rate=3e-3, warmup=1, channels=[32, 32], attention=[2])
JUDGE = Judge(updates=2, width=4)
CHEAP = {"steps": 2, "resample": 2, "denoiser": DENOISER, "judge": JUDGE, "per_image": 2}


def cheap(kind=AugPaint, **options):
    """A strategy that learns in a second."""
    return kind(**CHEAP | options)


def context(subset=None, unlabelled=None, made=None):
    """A PrepareContext; each artefact is made once and kept in `made`, by name."""
    subset = hearts(3, SIZE) if subset is None else subset
    allowed = Allowed(unlabelled=hearts(9, SIZE, seed=1).image if unlabelled is None else unlabelled)
    plain = learned.context(subset, None, made)
    return replace(plain, allowed=allowed, **named(subset, allowed))


def same(one, two):
    """Equal tensors, name by name."""
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)
