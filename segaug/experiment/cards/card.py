"""The data set card of a study: what the report shows of each task, so that it needs no images of its own."""

import dataclasses
from contextlib import suppress
from functools import partial
from pathlib import Path

from segaug.augment.artefact import Artefact, Content
from segaug.data.kinds.ceiling import ceiling
from segaug.data.pooled import Pooled
from segaug.data.pooled_differences import differences
from segaug.data.sites import site_counts
from segaug.data.task import Dataset, Task
from segaug.errors import ConfigError
from segaug.experiment.artefacts.store import ArtefactStore, store_of
from segaug.experiment.cards.bank_pictures import bank_pictures
from segaug.experiment.cards.described import described
from segaug.experiment.cards.examples import augmented, by_turns, patched
from segaug.experiment.config.trial import Trial
from segaug.experiment.planned.allowed import trial_context
from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import Plan, Planned
from segaug.known import known_shares, shown
from segaug.results.card_files import Pictures, read_card, write_card
from segaug.results.card_folder import card_folder
from segaug.results.store import Json, Store
from segaug.training.stopwatch import Stopwatch

EXAMPLES = 4
VERSIONS = 3


def write_cards(plan: Plan, store: Store) -> None:
    """Write cards/<task>/card.json and examples.safetensors; strategies of earlier runs of the study stay.

    The images are those of each strategy's first trial, so that what it has learned for that is enough.
    """
    for name, task in plan.tasks.items():
        trials: dict[str, Planned] = {}
        for planned in plan.trials:
            if planned.trial.task == name:
                trials.setdefault(planned.trial.strategy, planned)
        if trials:
            _write_card(card_folder(store.folder, name), name, task, trials)


def _write_card(folder: Path, name: str, task: Task, trials: dict[str, Planned]) -> None:
    card, pictures = read_card(folder)
    if card.get("content_hash") != task.content_hash:  # damaged, or of other data: all of it is written anew
        card, pictures = {}, {}
    missing = {strategy: planned for strategy, planned in trials.items() if strategy not in card.get("strategies", {})}
    if not missing:
        return
    facts = _facts(name, task, next(iter(missing.values())).trial)
    facts["strategies"] = dict(card.get("strategies", {}))
    for strategy, planned in missing.items():
        with suppress(_NotPrepared, ConfigError):  # the card gets it once it is there; its trial says what is wrong
            pictures |= _pictures(strategy, planned, task)
            facts["strategies"][strategy] = _about(planned)
    write_card(folder, facts, pictures)


def _about(planned: Planned) -> Json:
    """What the strategy may see, and which trial its pictures are of."""
    config = planned.trial.config
    return {"sees": list(config.augment.sees), "size": planned.size, "seed": config.seed}


def _facts(name: str, task: Task, trial: Trial) -> Json:
    dataset, split = trial.config.dataset, task.split
    spacing = task.spacing_mm.nanmean(dim=0).tolist()
    return {
        "task": name,
        **described(dataset),
        **_form(task),
        "images": len(task.ids),
        "patients": len(set(task.patients)),
        "parts": {part.name: len(getattr(split, part.name)) for part in dataclasses.fields(split)},
        "unlabelled": task.unlabelled,
        "size": task.form.size[0] if len(set(task.form.size)) == 1 else list(task.form.size),
        "pixel_mm": None if any(side != side for side in spacing) else spacing,
        "content_hash": task.content_hash,
        **_by_source(task, dataset),
        **_by_site(task, dataset),
        **_by_grader(task, dataset),
    }


def _by_source(task: Task, dataset: Dataset | Pooled) -> Json:
    """In what the sources of a pooled task differ."""
    if not isinstance(dataset, Pooled):
        return {}
    return {"by_source": [dataclasses.asdict(source) for source in differences(dataset, task)]}


def _by_site(task: Task, dataset: Dataset | Pooled) -> Json:
    """Where the images (of the base) come from; nothing where the data set names no target sites."""
    if task.tested:
        return {}  # the base's sites do not say what is tested on
    base = dataset.sources[dataset.base] if isinstance(dataset, Pooled) else dataset
    counts = site_counts(task.sites, dataclasses.replace(task.split, pool=task.pool_of(0)), base.split.target)
    return {"by_site": [dataclasses.asdict(site) for site in counts]} if counts else {}


def _by_grader(task: Task, dataset: Dataset | Pooled) -> Json:
    """How far the graders of the test images agree, where there are several."""
    found = {} if isinstance(dataset, Pooled) else ceiling(dataset, [task.ids[row] for row in task.split.test])
    return {"graders_dice": found} if found else {}


def _form(task: Task) -> Json:
    """What the tensors look like; shares are of the pixels of the base's pool."""
    label, structures = task.batch(task.pool_of(0)).label, task.form.structures
    means = known_shares(label) if task.form.ignored else [label[:, place].mean() for place in range(label.shape[1])]
    shares = [share.item() for share in means]
    return {
        "structure": ", ".join(structures),
        "structures": dict(zip(structures, shares, strict=True)),
        "foreground_share": sum(shares) if task.form.ignored else label.sum(dim=1).mean().item(),
        "channels": task.form.channels,
        "repeated_grey": task.repeated_grey,  # grey images of a colour task
        "sources": list(task.form.sources),
    }


class _NotPrepared(Exception):
    """A card learns nothing itself."""


def _pictures(strategy: str, planned: Planned, task: Task) -> Pictures:
    config = planned.trial.config
    parts = parts_of(planned, task, "cpu")
    context = trial_context(config, parts, task, Stopwatch(), partial(_held, store_of(config)))
    batch = parts.subset.rows(by_turns(parts.subset.source)[:EXAMPLES])
    prepared = config.augment.prepare(context)
    made = augmented(config.augment, prepared, patched(config, batch), VERSIONS)
    shown_arrays = {
        "image": batch.image,
        "label": shown(batch.label).round().byte(),
        f"{strategy}/original": made.original_image,  # a later run may draw other images
        f"{strategy}/original_label": shown(made.original_label).round().byte(),
        f"{strategy}/image": made.image,
        f"{strategy}/label": shown(made.label).round().byte(),
    }
    pictures = {name: tensor.contiguous().numpy() for name, tensor in shown_arrays.items()}
    bank = config.augment.bank(prepared)
    return pictures if bank is None else pictures | bank_pictures(bank, context, EXAMPLES).named(strategy)


def _held(store: ArtefactStore, artefact: Artefact) -> Content:
    content = store.held(artefact)
    if content is None or content.failed is not None:
        raise _NotPrepared
    return content
