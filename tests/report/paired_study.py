"""A study whose strategy has a known ratio of errors to its baseline."""

import random
from pathlib import Path

from segaug.results.store import Store
from tests.synthetic import record, replace_record, write_study

SIZES = (4, 8, 16, 32, 64)
RATIO = 0.8


def write_paired_study(folder: Path, spread: float = 0.03, seeds: int = 6) -> Store:
    """red: RATIO times the baseline's error on the same seed, with log-normal noise of its own; it saw more data."""
    store = write_study(folder, sizes=SIZES, seeds=seeds, noise=0.1)
    for trial in store.records():
        if trial["strategy"] == "red":
            own = random.Random(trial["id"]).gauss(0, spread)
            replace_record(store, scaled(trial, RATIO * 2.718281828459045**own))
    return store


def scaled(trial: dict, factor: float) -> dict:
    """The trial with the errors of the baseline's trial of the same size and seed, times a factor."""
    base = record(trial["task"], trial["model"], "baseline", trial["size"], trial["seed"], noise=0.1)
    test = {
        weights: {name: value * factor if "bce" in name else value for name, value in means.items()}
        for weights, means in base["test"].items()
    }
    cases = {
        name: [value * factor for value in values] if "bce" in name else values
        for name, values in base["cases"].items()
    }
    return {**trial, "test": test, "cases": cases, "sees": ["labelled subset", "external images"]}
