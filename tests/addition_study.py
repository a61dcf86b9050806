"""A made-up study in which adding images of another source has a known effect on the base's own test set."""

import math
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from itertools import product
from pathlib import Path

import numpy as np

from segaug.results.store import Store
from tests.synthetic import record

BASE, ADDED, SIZE = "tecom", "cella", 8
KS, UPDATES, BATCH = (0, 4, 16), 256, 8
Effect = Callable[[int, str], float]  # k, sampling -> factor on the error


def harm(k: int, sampling: str) -> float:
    """Half of it is dilution, and balanced batches take that back."""
    return 1 + (0.02 if sampling == "proportional" else 0.01) * k


def none(_k: int, _sampling: str) -> float:
    """Adding does nothing."""
    return 1.0


def alone(size: int, seed: int, noise: float = 0.01, strategy: str = "baseline") -> dict:
    """A trial of the base alone; its error falls as 0.4 N^-0.5."""
    trial = record(BASE, "nnunet", "baseline", size, seed, noise=0.0)
    own = math.exp(noise * _draw(seed, size) + 0.05 * _draw(seed, 0))
    return {
        **_with_error(trial, 0.4 * size**-0.5 * own),
        "strategy": strategy,
        "id": f"{BASE}-{strategy}-{size}-{seed}",
    }


def pooled(
    k: int | Sequence[int],
    seed: int,
    effect: Effect = harm,
    *,
    sampling: str = "proportional",
    noise: float = 0.01,
    added: Sequence[str] = (ADDED,),
    strategy: str = "baseline",
    size: int = SIZE,
) -> dict:
    """A trial with k added images of each source; at k = 0 it is that of the base alone."""
    counts = (k,) * len(added) if isinstance(k, int) else tuple(k)
    total = sum(counts)
    trial = alone(size, seed, noise)
    error = trial["test"]["best"]["bce"] * effect(total, sampling)
    if total:
        error *= math.exp(noise * _draw(seed, size, total, sampling))
    task = " + ".join([BASE, *(f"{count} {name}" for count, name in zip(counts, added, strict=True))])
    share = 1.0 if not total else 0.5 if sampling == "balanced" else size / (size + total)
    shown = round(UPDATES * BATCH * share)
    parts = [(BASE, "base", size, shown)]
    parts += [(name, "added", count, (UPDATES * BATCH - shown) * count // max(total, 1))
              for name, count in zip(added, counts, strict=True)]  # fmt: skip
    config = {**trial["config"], "protocol": {**trial["config"]["protocol"], "sampling": sampling}}
    return {
        **_with_error(trial, error),
        "id": "-".join(map(str, (*added, *counts, strategy, sampling, size, seed))),
        "task": task,
        "strategy": strategy,
        "config": config,
        "dataset_hash": "e" * 16,
        "protocol_hash": ("p" if sampling == "proportional" else "b") * 16,
        "sources": {
            name: {"role": role, "training": training, "presentations": presentations, "test": None, "cases": None}
            for name, role, training, presentations in parts
        },
    }


def records(
    effect: Effect = harm, ks: Iterable[int] = KS, seeds: int = 5, *, noise: float = 0.01,
    samplings: Sequence[str] = ("proportional",), sizes: Iterable[int] = (),
) -> list[dict]:  # fmt: skip
    """Every k, sampling and seed; and the base alone at these sizes."""
    label = (lambda sampling: f"baseline [sampling={sampling}]") if len(samplings) > 1 else (lambda _: "baseline")
    trials = [
        pooled(k, seed, effect, sampling=sampling, noise=noise, strategy=label(sampling))
        for k, seed, sampling in product(ks, range(seeds), samplings)
    ]
    return [*trials, *(alone(size, seed, noise) for size, seed in product(sizes, range(seeds)))]


def write(folder: Path, trials: Sequence[dict]) -> Path:
    """A study of these records, by a command that names what they share."""
    store = Store(folder)
    keys = ("id", "task", "model", "strategy", "size", "seed")
    command = (
        f"segaug train -m dataset=pooled dataset.base={BASE} 'dataset.added=[{ADDED}]' dataset.k=0,4,16 "
        f"dataset.size=64 scale=n{SIZE} protocol=fixed_steps 'seed=range(5)' name={folder.name}"
    )
    store.add_plan(
        {"trials": [{key: trial[key] for key in keys} for trial in trials], "skipped": [], "command": command}
    )
    for trial in trials:
        store.write_record(trial)
    return folder


def _with_error(trial: dict, error: float) -> dict:
    """The same trial with this mean BCE; its Dice falls as that rises, and cases keep their share."""
    factor = error / trial["test"]["best"]["bce"]

    def scaled(key: str, value: object) -> object:
        if key == "dice":
            return [1 - (1 - own) * factor for own in value] if isinstance(value, list) else 1 - (1 - value) * factor
        if key in ("bce", "bce_recalibrated", "hd95"):
            return [own * factor for own in value] if isinstance(value, list) else value * factor
        return value

    test = {
        weights: {key: scaled(key, value) for key, value in means.items()} for weights, means in trial["test"].items()
    }
    return {**trial, "test": test, "cases": {key: scaled(key, value) for key, value in trial["cases"].items()}}


def _draw(*names: object) -> float:
    """Standard normal, the same for the same names."""
    digest = sha256("/".join(map(str, names)).encode()).digest()
    return float(np.random.default_rng(int.from_bytes(digest[:8], "big")).standard_normal())
