"""A made-up study of two sites, each way: networks that were trained at one are scored on the test sets of both."""

import math
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np

from segaug.results.store import Json, Store
from tests.addition_study import _draw
from tests.synthetic import record

SITES = ("tecom", "cella")
FACTORS = {"baseline": 2.0, "red": 1.5}  # how many times higher the error is outside
SIZES, SEEDS, OUTSIDE = (4, 8, 16, 32), 5, 12  # the last: images of the other site, two a patient
_KEYS = ("bce", "bce_recalibrated", "dice", "hd95")


def trial(
    inside: str, outside: str, strategy: str, size: int, seed: int, *, factor: float, noise: float = 0.1, added: int = 0
) -> Json:
    """Trained on N images of one site, and on `added` of the other, where its errors are `factor` times as high."""
    one = record(inside, "nnunet", strategy, size, seed)
    wobble = math.exp(noise * _draw(strategy, size, seed))
    spread = np.exp(0.1 * np.array([_draw(outside, image) for image in range(OUTSIDE)]))
    errors = {
        key: (one["test"]["best"][key] if key != "dice" else 1 - one["test"]["best"][key]) * factor * wobble
        * spread / spread.mean() for key in _KEYS
    }  # fmt: skip
    values = {key: (own if key != "dice" else 1 - own).tolist() for key, own in errors.items()}
    means = {key: float(np.mean(own)) for key, own in values.items()}
    cases = {
        "ids": [f"{outside}/{image}" for image in range(OUTSIDE)],
        "patients": [f"{outside}/{image // 2}" for image in range(OUTSIDE)],
        **values,
    }
    shown = {"training": size, "presentations": 256}
    sources = {
        inside: {"role": "base", **shown, "test": one["test"], "cases": None},
        outside: {
            "role": "added", "training": added, "presentations": 8 * added,
            "test": {"best": means, "last": means}, "cases": cases,
        },
    }  # fmt: skip
    task = f"{inside} + {added} {outside}"
    form = {"structures": ["cell"], "channels": 1, "size": [64, 64], "sources": [inside, outside]}
    own = {**one["cases"], "ids": [f"{inside}/{image}" for image in range(OUTSIDE)]}
    named = {"id": f"{inside}-{outside}-{added}-{one['id']}", "task": task}
    return {**one, **named, "form": form, "cases": own, "sources": sources}


def records(
    factors: Mapping[str, float] = FACTORS, sites: Sequence[str] = SITES, sizes: Sequence[int] = SIZES,
    seeds: int = SEEDS, noise: float = 0.1,
) -> list[Json]:  # fmt: skip
    """Every strategy, size and seed, trained at each of the sites."""
    ways = [(sites[0], sites[1]), (sites[1], sites[0])]
    return [
        trial(*way, strategy, size, seed, factor=factor, noise=noise)
        for way, (strategy, factor), size, seed in product(ways, factors.items(), sizes, range(seeds))
    ]


def write(folder: Path, trials: Sequence[Json]) -> Path:
    """A study of these records."""
    store = Store(folder)
    keys = ("id", "task", "model", "strategy", "size", "seed")
    store.add_plan({"trials": [{key: one[key] for key in keys} for one in trials], "skipped": []})
    for one in trials:
        store.write_record(one)
    return folder
