"""A study whose networks were scored by several ways of predicting, with known factors between their errors."""

from pathlib import Path

from segaug.results.store import Store
from tests.synthetic import LAWS, record

FACTORS = {"flips": 0.9, "learned": 0.8}  # error of a way, of the plain one's
PASSES = {"none": 1, "flips": 4, "learned": 4}
KEYS = ("id", "task", "model", "strategy", "size", "seed")


def with_ways(one: dict, factors: dict[str, float | None] = FACTORS) -> dict:
    """A record with these ways beside the plain one; a factor of None: it diverged."""
    blocks = {way: factor and scaled(one, way, factor) for way, factor in factors.items()}
    plain = block("none") | dict.fromkeys(("test", "cases", "patient_cases", "hd95", "masks", "recalibration"))
    ways = {"none": plain, **blocks}
    config = {**one["config"], "predict": [*ways]}
    seconds = {way: 0.01 * PASSES[way] for way in ways}
    return {**one, "config": config, "ways": ways, "run": {**one["run"], "seconds_per_image": seconds}}


def block(way: str) -> dict:
    tea = {"ids": [0, 1, 2, 3], "weights": [0.25] * 4} if way != "none" else None
    return {"passes": PASSES[way], "validation_dice": 0.85, "tea": tea}


def scaled(one: dict, way: str, factor: float) -> dict:
    """Scores of a way whose errors are those of the plain one times a factor, on each test case."""
    cases = one["cases"] | {key: [factor * value for value in one["cases"][key]] for key in ("bce", "bce_recalibrated")}
    cases |= {"dice": [1 - factor * (1 - value) for value in cases["dice"]]}
    means = {key: sum(cases[key]) / len(cases[key]) for key in one["test"]["best"]}
    return {
        **block(way),
        "test": {"best": means, "last": None},
        "cases": cases,
        "patient_cases": None,
        "hd95": one["hd95"],
        "masks": None,
        "recalibration": {"scale": 0.5, "offset": 0.0},
    }


def asked(one: dict) -> dict:
    """As the plan holds it."""
    return {**{key: one[key] for key in KEYS}, "predict": [*one["ways"]]}


def write_scored(
    folder: Path, sizes: tuple[int, ...] = (1, 2, 4), seeds: int = 3, factors: dict[str, float | None] = FACTORS
) -> Store:
    """Plan and records of both strategies of `synthetic.LAWS`."""
    store = Store(folder)
    trials = [
        with_ways(record("phantom_thorax", "nnunet", strategy, size, seed), factors)
        for strategy in LAWS
        for size in sizes
        for seed in range(seeds)
    ]
    store.add_plan({"trials": [asked(one) for one in trials], "skipped": []})
    for one in trials:
        store.write_record(one)
    return store
