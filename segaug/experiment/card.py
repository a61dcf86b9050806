"""The data set card of a study: what the report shows of each task, so that it needs no images of its own."""

import dataclasses
import json
from pathlib import Path

from safetensors.torch import load_file, save
from torch import Tensor

from segaug.data.task import DESCRIPTIVE, Task
from segaug.experiment.examples import augmented, example_batch
from segaug.experiment.plan import Plan
from segaug.experiment.trial import Trial
from segaug.files import write_atomic
from segaug.results.store import Json, Store

EXAMPLES = 4
VERSIONS = 3


def write_cards(plan: Plan, store: Store) -> None:
    """Write cards/<task>/card.json and examples.safetensors; strategies of earlier runs of the study stay."""
    for name, task in plan.tasks.items():
        if trials := {one.trial.strategy: one.trial for one in plan.trials if one.trial.task == name}:
            _write_card(store.folder / "cards" / name, name, task, trials)


def _write_card(folder: Path, name: str, task: Task, trials: dict[str, Trial]) -> None:
    card, tensors = _read(folder, task.content_hash)
    missing = {strategy: trial for strategy, trial in trials.items() if strategy not in card.get("strategies", {})}
    if not missing:
        return
    sees = {strategy: {"sees": list(trial.config.augment.sees)} for strategy, trial in missing.items()}
    facts = _facts(name, task, next(iter(missing.values())))
    facts["strategies"] = {**card.get("strategies", {}), **sees}
    for strategy, trial in missing.items():
        tensors |= _pictures(strategy, trial, task)
    write_atomic(folder / "examples.safetensors", save(tensors))
    write_atomic(folder / "card.json", json.dumps(facts, indent=1).encode())  # last: it says that the rest is there


def _read(folder: Path, content_hash: str) -> tuple[Json, dict[str, Tensor]]:
    """The card as it is; empty if there is none, or one of another content of the data set."""
    path = folder / "card.json"
    card: Json = json.loads(path.read_bytes()) if path.is_file() else {}
    if card.get("content_hash") != content_hash:
        return {}, {}
    return card, load_file(folder / "examples.safetensors")


def _facts(name: str, task: Task, trial: Trial) -> Json:
    dataset, split = trial.config.dataset, task.split
    told = {key: getattr(dataset, key, "") for key in DESCRIPTIVE if key != "root"}
    spacing = task.spacing_mm.nanmean(dim=0).tolist()
    return {
        "task": name,
        **told,
        "structure": dataset.structure,
        "images": len(task.ids),
        "patients": len(set(task.patients)),
        "parts": {part.name: len(getattr(split, part.name)) for part in dataclasses.fields(split)},
        "size": dataset.size,
        "pixel_mm": None if any(side != side for side in spacing) else spacing,
        "content_hash": task.content_hash,
        "foreground_share": task.batch(split.pool).label.mean().item(),
    }


def _pictures(strategy: str, trial: Trial, task: Task) -> dict[str, Tensor]:
    batch = example_batch(task, EXAMPLES)
    made = augmented(trial.config.augment, batch, VERSIONS)
    return {
        "image": batch.image[:, 0].contiguous(),
        "label": batch.label[:, 0].round().byte(),
        f"{strategy}/image": made.image.contiguous(),
        f"{strategy}/label": made.label.round().byte(),
    }
