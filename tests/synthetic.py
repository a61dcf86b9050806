"""A made-up study on disk with known laws, for tests of what reads records."""

import math
from pathlib import Path

import torch

from segaug.results.store import Store
from segaug.rng import stream

STRENGTH = {"displacement_rms_px": 1.5, "displacement_p95_px": 2.5, "min_jacobian": 0.4, "folded_share": 0.0}
LAWS = {"baseline": (0.5, 0.6, 0.05), "red": (0.4, 0.6, 0.05)}  # strategy -> a, b, c


def record(task: str, model: str, strategy: str, size: int, seed: int, noise: float = 0.05) -> dict:
    """A valid record whose test BCE follows the strategy's law with log-normal noise, paired over strategies."""
    a, b, c = LAWS[strategy]
    cases = 12
    rng = stream(seed, task, model, size)
    spread = torch.randn(cases, generator=rng).mul(0.1).exp()
    bce = (a * size**-b + c) * math.exp(noise * torch.randn((), generator=rng).item()) * spread / spread.mean()
    dice = 1 - bce.sqrt() / 2
    mean = {
        "bce": bce.mean().item(),
        "dice": dice.mean().item(),
        "hd95": 4 * bce.mean().item(),
        "bce_recalibrated": 0.95 * bce.mean().item(),
    }
    updates = [16 * (i + 1) for i in range(16)]
    return {
        "schema": 1,
        "id": f"{task}-{model}-{strategy}-{size}-{seed}",
        "status": "ok",
        "task": task,
        "model": model,
        "strategy": strategy,
        "size": size,
        "seed": seed,
        "config": {"dataset": {"size": 64, "structure": "lung"}, "augment": {"p": 1.0}, "protocol": {"length": 256}},
        "dataset_hash": "d" * 16,
        "protocol_hash": "p" * 16,
        "labels": {"training": size, "validation": 16},
        "subset": {"ids": [f"case{i}" for i in range(size)], "patients": size, "pool": 80, "overlap": size > 40},
        "sees": ["labelled subset"],
        "augmentation": None if strategy == "baseline" else STRENGTH,
        "test": {"best": mean, "last": {k: 1.05 * v if k != "dice" else v for k, v in mean.items()}},
        "cases": {
            "ids": [f"test{i}" for i in range(cases)],
            "bce": bce.tolist(),
            "dice": dice.tolist(),
            "hd95": (4 * bce).tolist(),
            "bce_recalibrated": (0.95 * bce).tolist(),
        },
        "hd95": {"unit": "px", "both_empty": 0, "one_empty": 0},
        "recalibration": {"scale": 1.1, "offset": 0.02},
        "reference": {
            "constant_bce": 0.45,
            "constant_pool_bce": 0.46,
            "atlas_bce": 0.25 + 0.1 / size,
            "atlas_dice": 0.6,
        },
        "foreground": {"pool": 0.16, "test": 0.17},
        "history": {
            "update": updates,
            "epoch": updates,
            "training_loss": [0.1 + math.exp(-u / 24) for u in updates],  # trained out
            "validation_bce": [1 / u + 0.1 for u in updates],
        },
        "training": {
            "updates": 256,
            "epochs": 256,
            "batch_size": min(8, size),
            "parameters": 1966433,
            "best_update": 240,
            "stopped": "budget",
        },
        "warnings": [],
        "run": {
            "seconds": {"data": 0.01, "prepare": 0, "augmentation": 0.5, "network": 20.0, "other": 0.4, "total": 20.9},
            "peak_memory_mib": 700.0,
            "device": "cpu",
            "host": "node",
            "finished": "2026-01-01T00:00:00+00:00",
            "versions": {"segaug": "0.1.0", "torch": "2.13.0"},
        },
    }


def gd_gi_record(task: str, model: str, size: int, seed: int) -> dict:
    """One whose strategy had learned two generators before training, of which one has a number that is not finite."""
    one = record(task, model, "red", size, seed)
    learned = [
        {
            "artefact": f"generator_{kind}-{size}-{seed}", "kind": f"generator_{kind}", "updates": 320,
            "chosen_update": 96 + 16 * seed,
            "health": {"magnitude": 1.5 + seed, "spread": 0.75, "accuracy": accuracy},
        }
        for kind, accuracy in (("deformation", 0.8), ("intensity", None))
    ]  # fmt: skip
    seen = {"labelled subset": (size, 1), "external images": (40, 8), "validation labels": (16, 4)}
    return {
        **one,
        "id": f"{task}-{model}-gd_gi-{size}-{seed}",
        "strategy": "gd_gi",
        "sees": list(seen),
        "saw": {part: {"images": images, "patients": patients} for part, (images, patients) in seen.items()},
        "learned": learned,
        "run": {**one["run"], "learning_cpu_seconds": 20.0 + 10 * seed},
    }


def failure(trial: str, error: str = "out of memory") -> dict:
    """What a trial of this id leaves that failed."""
    return {"id": trial, "task": "t", "model": "m", "strategy": "red", "size": 4, "seed": 0, "error": error}


def write_study(
    folder: Path, tasks: tuple[str, ...] = ("phantom_thorax",), models: tuple[str, ...] = ("nnunet",),
    sizes: tuple[int, ...] = (1, 2, 4, 8, 16, 32), seeds: int = 5, noise: float = 0.05,
) -> Store:  # fmt: skip
    """Write plan and records of tasks x models x LAWS x sizes x seeds."""
    store = Store(folder)
    trials = [
        record(task, model, strategy, size, seed, noise)
        for task in tasks for model in models for strategy in LAWS for size in sizes for seed in range(seeds)
    ]  # fmt: skip
    keys = ("id", "task", "model", "strategy", "size", "seed")
    store.add_plan({"trials": [{k: t[k] for k in keys} for t in trials], "skipped": []})
    for trial in trials:
        store.write_record(trial)
    return store


def replace_record(store: Store, record: dict) -> dict:
    """Put a record in the place of the one that is there, which a store never does."""
    store.record_path(record["id"]).unlink(missing_ok=True)
    return store.write_record(record)


def plan_anew(store: Store, plan: dict) -> None:
    """Forget what was asked for, and ask for this."""
    for piece in (store.folder / "plan").glob("*.json"):
        piece.unlink()
    store.add_plan(plan)
