"""A made-up study whose layers are known: in encoder1 the area is behind all, in decoder1 L_fd says more than it."""

from pathlib import Path

import numpy as np

from segaug.results.predictions import Predictions
from segaug.results.store import Store
from tests.synthetic import record

CASES, SIDE = 12, 8
LAYERS = ("encoder1", "bottleneck", "decoder1")
STRATEGIES = ("baseline", "red")


def diagnosed(strategy: str, seed: int, size: int = 8) -> dict:
    """A record of it."""
    rng = np.random.default_rng(seed)
    area = 2.0 ** np.arange(1, CASES + 1)
    of_area = np.log(area) - np.log(area).mean()
    own, noise = np.random.default_rng(7).normal(size=(2, CASES))  # the same in all trials: it is of the images
    dice = 0.7 + 0.03 * of_area + 0.02 * own + 0.001 * rng.normal(size=CASES)
    l_fd = {
        "encoder1": 2 - 0.4 * of_area + 0.05 * noise,
        "bottleneck": 1 + noise,
        "decoder1": 2 - 0.1 * of_area - own + 0.05 * noise,
    }
    one = record("thorax", "nnunet", strategy, size, seed)
    one["cases"]["dice"] = dice.tolist()
    layers = {
        name: {"l_fd": l_fd[name].tolist(), "separation": [None, *np.linspace(1, 2, CASES - 1).tolist()]}
        for name in LAYERS
    }
    return {**one, "diagnostics": {"foreground_px": area.astype(int).tolist(), "layers": layers}}


def predictions(seed: int) -> Predictions:
    """Of such a trial: squares that grow, and truths beside them."""
    rng = np.random.default_rng(seed)
    predicted = rng.random((CASES, 1, SIDE, SIDE)) > 0.5
    rows = (3, 1)
    return Predictions(predicted, rows, rng.random((2, 1, SIDE, SIDE)), predicted[[*rows]])


def write(folder: Path, *, seeds: int = 3) -> Store:
    """Plan, records and predictions."""
    store = Store(folder)
    trials = [diagnosed(strategy, seed) for strategy in STRATEGIES for seed in range(seeds)]
    keys = ("id", "task", "model", "strategy", "size", "seed")
    store.add_plan({"trials": [{key: trial[key] for key in keys} for trial in trials], "skipped": []})
    for trial in trials:
        store.write_record(trial)
        path = store.record_path(trial["id"]).with_name("predictions.safetensors")
        path.write_bytes(predictions(trial["seed"]).content())
    return store
