"""A trained generator as an artefact: one for each subset and all that its joint phase depends on."""

import math
import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Literal

import torch
from torch import Tensor, nn

from segaug.augment.artefact import Artefact, Content, Json, Keep, Tell
from segaug.augment.baseline import Baseline
from segaug.augment.strategy import PrepareContext
from segaug.augment.task_driven.health import measure, over_the_phase, trouble
from segaug.augment.task_driven.networks import DeformationGenerator, Discriminator, IntensityGenerator
from segaug.augment.task_driven.options import Plan
from segaug.batch import Batch
from segaug.image_hash import image_hash
from segaug.rng import stream

Kind = Literal["deformation", "intensity"]
GENERATORS: Mapping[Kind, type[DeformationGenerator] | type[IntensityGenerator]] = {
    "deformation": DeformationGenerator,
    "intensity": IntensityGenerator,
}
_VERSION = 1  # raise it when the same images and options give another generator


def generator_artefact(
    kind: Kind, context: PrepareContext, unlabelled: Tensor | None, plan: Plan, baseline: Baseline
) -> Artefact:
    """The generator that a joint phase on this trial's images gives; whoever has the same images gets the same one.

    unlabelled: (U, C, H, W); None only where there is no adversarial loss.
    """
    segmented = plan.coupling != "independent"  # else nothing of the segmentation task decides
    labelled, unlabelled = _in_order(context.subset, with_labels=segmented), _sorted(unlabelled)
    validation = context.allowed.validation if segmented else None
    key: dict[str, Json] = {
        "version": _VERSION,
        "generator": kind,
        "joint": _deciding(kind, plan),
        "baseline": asdict(baseline),
        "labelled": _hashes(labelled, with_labels=segmented),
        "unlabelled": [] if unlabelled is None else list(map(image_hash, unlabelled)),
        "initialisation": _initialisation(context.decides),
    }
    if segmented:
        key |= {
            "model": context.decides.get("model"),
            "objective": context.decides.get("objective"),
            "validation": None if validation is None else _hashes(validation, with_labels=True),
            "validation_patients": None if validation is None else context.decides.get("validation_patients"),
        }

    def make(previous: Content | None, tell: Tell, keep: Keep) -> Content:
        return _made(kind, artefact.name, context, labelled, unlabelled, plan, baseline, tell)

    artefact = Artefact(kind=f"generator_{kind}", key=key, make=make)
    return artefact


def generator_of(kind: Kind, content: Content) -> nn.Module:
    """The generator that an artefact holds, ready to be used and without gradients."""
    generator = GENERATORS[kind](tuple(content.facts["size"]), content.facts["channels"])
    generator.load_state_dict(content.tensors)
    return generator.eval().requires_grad_(False)


def _made(
    kind: Kind,
    name: str,
    context: PrepareContext,
    labelled: Batch,
    unlabelled: Tensor | None,
    plan: Plan,
    baseline: Baseline,
    tell: Tell,
) -> Content:
    from segaug.augment.task_driven.joint_phase import JointData, JointPhase, run  # brings Lightning

    rng = partial(stream, 0, name)
    segmented = plan.coupling != "independent"
    start = time.process_time()
    channels, size = labelled.image.shape[1], (labelled.image.shape[2], labelled.image.shape[3])
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.default_generator.manual_seed(rng("weights").initial_seed())
        generator = GENERATORS[kind](size, channels)
        if kind == "intensity":
            generator.last.weight.mul_(plan.intensity_start)
        discriminator = Discriminator(size, channels) if plan.lambda_adv else None
    validation = context.allowed.validation if segmented else None
    module = JointPhase(
        generator,
        context.build_model(rng("segmenter")) if segmented else None,
        discriminator,
        JointData(
            labelled,
            unlabelled,
            None if validation is None else validation.image,
            None if validation is None else context.validation_dice_error,
        ),
        plan,
        baseline,
        context.objective,
        rng,
        tell,
    ).to(labelled.image.device)
    kept = run(module)
    columns = vars(module.history)
    health = measure(kept, labelled, rng("health"), with_labels=segmented)  # type: ignore[arg-type]  # what was put in
    numbers = {
        **health,
        **over_the_phase(columns, plan.updates),
        "best_dice": module.best_dice,
        "last_dice": module.history.dice[-1],
    }
    facts = {
        "size": list(size),
        "channels": channels,
        "updates": module.warmup + plan.updates,
        "chosen_update": module.warmup + module.chosen_update,
        "chosen_by": "validation Dice" if module.chosen is not None else "nothing: it is the last one",
        "health": {key: _or_null(value) for key, value in numbers.items()},
        "history": {key: list(map(_or_null, values)) for key, values in columns.items()},
        "failed": trouble(health, module.diverged),
        "cpu_seconds": round(time.process_time() - start, 1),
    }
    return Content({key: value.cpu() for key, value in kept.state_dict().items()}, facts)


def _deciding(kind: Kind, plan: Plan) -> dict[str, Json]:
    """The plan without options that do nothing beside the others."""
    idle: set[str] = set()
    if kind != "intensity":
        idle |= {"intensity_start"}
    if plan.coupling == "independent":
        idle |= {"warmup"}
    if not plan.r1 or not plan.lambda_adv:
        idle |= {"r1_every"}
    if not plan.lambda_adv:
        idle |= {"discriminator_learning_rate", "r1", "labelled_share", "mixed_batch_norm"}
    return {option: value for option, value in asdict(plan).items() if option not in idle}


def _initialisation(decides: Mapping[str, Json]) -> int:
    """Which of the trials that share a subset this is: each has a generator of its own."""
    shared = (decides.get("protocol") or {}).get("seeds_per_subset", 1)
    return int((decides.get("seed") or 0) % shared)


def _in_order(batch: Batch, *, with_labels: bool) -> Batch:
    """Rows in the order of their hashes: the order in which a subset was drawn decides nothing."""
    hashes = _hashes(batch, with_labels=with_labels)
    order = sorted(range(len(hashes)), key=hashes.__getitem__)
    return batch.rows(torch.tensor(order, device=batch.index.device))


def _sorted(images: Tensor | None) -> Tensor | None:
    if images is None:
        return None
    hashes = list(map(image_hash, images))
    return images[torch.tensor(sorted(range(len(hashes)), key=hashes.__getitem__), device=images.device)]


def _hashes(batch: Batch, *, with_labels: bool) -> list[str]:
    images = torch.cat([batch.image, batch.label], dim=1) if with_labels else batch.image
    return list(map(image_hash, images))


def _or_null(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None  # JSON has no NaN
