"""What strategies learn before training, from a few small images; each artefact is made once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch

from segaug.augment.artefact import Artefact, ArtefactFailed, Content
from segaug.augment.none import NoAugmentation
from segaug.augment.strategy import Allowed, PrepareContext, Prepared, Sees, Strategy
from segaug.batch import Batch
from segaug.contract.little import TWO_UPDATES, OneConvolution, beside
from segaug.experiment.artefacts.store import ArtefactStore
from segaug.image_hash import image_hash
from segaug.rng import stream
from segaug.training.criterion import Criterion
from segaug.training.fit import fit
from segaug.training.objective import Objective, objective_for
from segaug.training.protocol import Protocol
from segaug.training.stopwatch import Stopwatch


@dataclass(frozen=True)
class Learning:
    """Prepares strategies; `store` keeps what they learn for the next one that asks."""

    store: ArtefactStore

    def prepare(self, strategy: Strategy, batch: Batch, patch: int | None = None) -> Prepared:
        """What it learns from a batch and a few external images; patch: the side of what the network is shown [px]."""
        allowed = beside(batch)
        build_model = partial(_network, batch)
        criterion = Criterion("dice_patient", batch.label.shape[1], ["patient"] * len(batch), batch.ignored)
        context = PrepareContext(
            subset=batch,
            allowed=allowed,
            decides={},
            objective=objective_for(Objective(), batch.ignored),
            build_model=build_model,
            train_segmentation=partial(_trained, build_model, replace(TWO_UPDATES, patch=patch)),
            rng=partial(stream, 0, "prepare"),
            obtain=self._obtain,
            patch=replace(TWO_UPDATES, patch=patch).window(batch.image.ndim - 2),
            **named(batch, allowed),
            validation_dice_error=criterion.on(batch),
        )
        return strategy.prepare(context)

    def _obtain(self, artefact: Artefact) -> Content:
        try:
            return self.store.obtain(artefact)
        except ArtefactFailed:  # two steps make no good generator; here it has to keep promises, not to be good
            held = self.store.held(artefact)
            if held is None:
                raise
            return held


def named(subset: Batch, allowed: Allowed) -> dict[str, Any]:
    """`names` and `patients` of a PrepareContext; every image is of a patient of its own."""
    parts: dict[Sees, torch.Tensor | None] = {
        "labelled subset": subset.image,
        "external images": allowed.external,
        "unlabelled pool": allowed.unlabelled,
        "validation labels": None if allowed.validation is None else allowed.validation.image,
    }
    names = {part: tuple(map(image_hash, images)) for part, images in parts.items() if images is not None}
    number = {name: number for number, name in enumerate(name for part in names.values() for name in part)}
    return {"names": names.__getitem__, "patients": lambda part: tuple(number[name] for name in names[part])}


def _network(batch: Batch, rng: torch.Generator) -> OneConvolution:
    structures = batch.label.shape[1]
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(rng.initial_seed())
        network = OneConvolution(batch.image.shape[1], structures + (structures > 1))
    return network.to(batch.image.device)


def _trained(
    build: Callable[[torch.Generator], OneConvolution], protocol: Protocol, images: Batch, chosen: Strategy | None
) -> OneConvolution:
    network = build(stream(0, "segmenter"))
    fit(network, chosen or NoAugmentation(), None, images, None, protocol, 0, Stopwatch())
    return network
