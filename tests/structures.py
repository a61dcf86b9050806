"""Made-up trials of tasks with several structures: every measure of the list, with its references."""

from pathlib import Path
from statistics import fmean

from segaug.measures import Quantity, quantities
from segaug.results.store import Store
from tests.synthetic import LAWS, plan_anew, record, replace_record, write_study

STRUCTURES = ("rv", "myo", "lv")
HARDER = {"": 1.0, "rv": 1.5, "myo": 1.2, "lv": 0.7}  # errors of a structure, times those of all together


def structures_record(task: str, model: str, strategy: str, size: int, seed: int, noise: float = 0.05) -> dict:
    """The record of `tests.synthetic` as a network with one logit a structure and one for the background leaves it."""
    one = record(task, model, strategy, size, seed, noise)
    listed = list(quantities(STRUCTURES))
    lists = {what.key: _values(what, one["cases"]["bce"]) for what in listed}
    of_images = {what.key: lists[what.key] for what in listed if what.measure.per == "image"}
    of_patients = {what.key: lists[what.key] for what in listed if what.measure.per == "patient"}
    means = {key: fmean(values) for key, values in lists.items()}
    history = {("validation_ce" if key == "validation_bce" else key): column for key, column in one["history"].items()}
    ids = one["cases"]["ids"]
    return {
        **one,
        "form": {"channels": 1, "structures": list(STRUCTURES), "size": [64, 64], "sources": ["base"]},
        "test": {"best": means, "last": {key: 1.02 * value for key, value in means.items()}},
        "cases": {"ids": ids, "patients": ids, **of_images},
        "patient_cases": {"patients": ids, **of_patients},
        "recalibration": {"scale": 1.1, "offset": [0.0, 0.02, -0.01, 0.03]},
        "reference": {
            "constant_ce": 0.45,
            "constant_pool_ce": 0.46,
            **{what.atlas: _atlas(what, size) for what in listed if what.atlas},
        },
        "foreground": {"pool": [0.05, 0.06, 0.05], "test": [0.05, 0.06, 0.06]},
        "history": history,
    }


def write_structures_study(
    folder: Path, sizes: tuple[int, ...] = (1, 2, 4, 8, 16, 32), seeds: int = 5, mixed: bool = False
) -> Store:
    """A study of the task heart with several structures; mixed: and of lung with a single one."""
    store = write_study(folder, tasks=("lung",) if mixed else (), sizes=sizes, seeds=seeds)
    keys = ("id", "task", "model", "strategy", "size", "seed")
    made = [
        structures_record("heart", "nnunet", name, size, seed)
        for name in LAWS
        for size in sizes
        for seed in range(seeds)
    ]
    for one in made:
        replace_record(store, one)
    planned = [*store.plan()["trials"], *({key: one[key] for key in keys} for one in made)]
    plan_anew(store, {"trials": planned, "skipped": []})
    return store


def _values(what: Quantity, cross_entropy: list[float]) -> list[float]:
    hard = HARDER[what.structure]
    if what.measure.better == "higher":
        return [1 - 0.5 * (hard * value) ** 0.5 for value in cross_entropy]
    return [hard * value * (20 if what.measure.unit == "px or mm" else 1) for value in cross_entropy]


def _atlas(what: Quantity, size: int) -> float:
    return 0.6 / HARDER[what.structure] if what.measure.better == "higher" else 0.25 + 0.1 / size
