"""A bank of images that is made by hand: a strategy of a few lines, for whoever shows, stores or exports banks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar
from unittest.mock import patch

import torch
from hydra.core.config_store import ConfigStore
from torch import Tensor

from segaug.augment.artefact import Artefact, Content
from segaug.augment.bank import Bank
from segaug.augment.baseline import Baseline
from segaug.augment.strategy import Strategy
from segaug.batch import NOT_OF_POOL, Batch
from segaug.experiment.config.schema import STRATEGIES, blank

NAME = "hand_made"


@dataclass(frozen=True, kw_only=True)
class HandMade(Strategy):
    """Mirrors what lies outside of the box of the foreground, a row further in each sample."""

    sees: ClassVar = ("labelled subset", "unlabelled pool")

    per_image: int = 3
    keep: float = 0.5
    log: str = ""  # file that gets a line for everything that is learned
    baseline: Baseline = field(default_factory=Baseline)

    def stages(self):
        return (self, self.baseline)

    def artefacts(self, context):
        names = list(context.names("labelled subset"))

        def make(previous, tell, keep):
            with open(self.log, "a") as file:
                file.write("bank\n")
            return Content({"nothing": torch.zeros(1)}, {})

        return [Artefact("augpaint_bank", {"images": names, "k": self.per_image}, make)] if self.log else []

    def prepare(self, context):
        for artefact in self.artefacts(context):
            context.obtain(artefact)
        return hand_made(context.subset, context.allowed.unlabelled, self.per_image, self.keep)

    def bank(self, prepared):
        return prepared

    def training_set(self, subset: Batch, prepared: Bank) -> Batch:
        """The labelled images, and behind them those that are chosen."""
        source, j = prepared.chosen.nonzero(as_tuple=True)
        place = prepared.place[source]
        return Batch(
            image=torch.cat([subset.image, prepared.image[source, j] / 255]),
            label=torch.cat([subset.label, prepared.label[source, j]]),
            index=torch.cat([subset.index, torch.full_like(place, NOT_OF_POOL)]),
            spacing_mm=torch.cat([subset.spacing_mm, subset.spacing_mm[place]]),
            source=torch.cat([subset.source, subset.source[place]]),
        )


@contextmanager
def registered() -> Iterator[None]:
    """Within, `augment=hand_made` is a strategy."""
    store = ConfigStore.instance()
    store.store(group="augment", name=NAME, node=blank(HandMade))
    try:
        with patch.dict(STRATEGIES, {NAME: HandMade}):
            yield
    finally:
        del store.repo["augment"][f"{NAME}.yaml"]


def hand_made(subset: Batch, unlabelled: Tensor, k: int, keep: float = 0.5) -> Bank:
    """Of every image with foreground.  Scores fall with j and rise with the source; the last pool image is nearest."""
    place = subset.label.flatten(1).any(dim=1).nonzero()[:, 0]
    image, label = subset.image[place], subset.label[place]
    kept_px = torch.stack([_box(each.amax(dim=0)) for each in label])[:, None]
    made = torch.stack(
        [torch.where(kept_px, image, image.flip(-1).roll(j, dims=-2).clamp(0.02, 0.9)) for j in range(k)], dim=1
    )
    score = torch.linspace(0.2, 0.9, len(place), dtype=torch.float64)[:, None] - 0.1 * torch.arange(k) / k
    count = -(-int(keep * score.numel()) // 1)
    chosen = torch.zeros(score.numel(), dtype=torch.bool)
    chosen[score.flatten().argsort(descending=True, stable=True)[:count]] = True
    return Bank(
        artefact="augpaint_bank-0123",
        place=place,
        image=(255 * made).round().byte(),
        label=label[:, None].expand(-1, k, -1, -1, -1).clone(),
        kept_px=kept_px,
        reconstruction=(255 * image).round().byte(),
        score=score,
        chosen=chosen.view_as(score),
        nearest=torch.full_like(score, len(subset) + len(unlabelled) - 1, dtype=torch.long),
        distance=torch.linspace(0.05, 0.2, score.numel(), dtype=torch.float64).view_as(score),
        measures={"memorisation": 1.1, "kid": None},
        subset=len(subset),
    )


def _box(mask: Tensor) -> Tensor:
    """(H, W) bool, the bounding box of a mask."""
    rows, columns = mask.any(dim=1), mask.any(dim=0)
    return _span(rows)[:, None] & _span(columns)


def _span(there: Tensor) -> Tensor:
    return there.cummax(dim=0).values & there.flip(0).cummax(dim=0).values.flip(0)
