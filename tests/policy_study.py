"""A made-up study of strategies that learn policies: records whose probabilities are known, the same way every time."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

from segaug.results.store import Store
from tests.report.odd_studies import Cell, Json, Odd, law

TASK, MODEL = "heart", "nnunet"
STRATEGIES = ("baseline", "policy_heuristic", "policy_learned", "policy_class_specific", "policy_joint")
CLASSES = {
    "policy_learned": ("all",),
    "policy_class_specific": ("background", "foreground"),
    "policy_joint": ("background", "foreground"),
}
SIZES, SEEDS = (4, 16), 4
GROUPS = {
    "scale": ["identity", "0.05", "0.15", "0.25", "0.35", "0.45"],
    "rotation": ["identity", "5", "15", "25", "90"],
    "mirror_rows": ["identity", "flip"],
    "mirror_columns": ["identity", "flip"],
    "gamma": ["identity", "0.1", "0.3", "0.5"],
    "inverted_gamma": ["identity", "0.1", "0.3", "0.5"],
    "shift": ["identity", "0.05", "0.15", "0.25"],
    "intensity_scale": ["identity", "0.05", "0.15", "0.25"],
    "contrast": ["identity", "0.05", "0.15", "0.25"],
    "filter": ["identity", "blur_0.5", "blur_0.7", "blur_0.9", "sharpen_0.9", "sharpen_0.7", "sharpen_0.5"],
    "noise": ["identity", "0.025", "0.075", "0.125"],
    "low_resolution": ["identity", "0.9", "0.7", "0.5"],
}
START = dict(zip(GROUPS, (0.2, 0.2, 0.5, 0.5, 0.3, 0.1, 0.05, 0.15, 0.15, 0.2, 0.1, 0.1), strict=True))  # q, not idle
CHANGE = {  # of the probability of doing nothing, in the mean over seeds; other groups wander about 0
    "background": {"scale": 0.05, "gamma": -0.2},
    "foreground": {"scale": -0.25, "rotation": -0.15, "gamma": -0.2, "noise": 0.04},
    "all": {"scale": -0.1, "gamma": -0.2},
}
WANDERS = 0.05  # of each seed, to either side
Change = Callable[[str, str], float]  # of a class and group, in the mean over seeds


def usual(name: str, group: str) -> float:
    """As `CHANGE` says."""
    return CHANGE[name].get(group, 0.0)


def start() -> dict[str, list[float]]:
    """P(doing nothing) is 1 - q, and the rest has the same share each."""
    return {
        group: [1 - START[group], *[START[group] / (len(options) - 1)] * (len(options) - 1)]
        for group, options in GROUPS.items()
    }


def learned(name: str, seed: int, change: Change = usual, wanders: float = WANDERS) -> dict[str, list[float]]:
    """The policy of a class at the end: the largest option of each group takes, or gives, more than its share."""
    found = {}
    for group, probabilities in start().items():
        by = change(name, group) + wanders * random.Random(f"{name} {group} {seed}").uniform(-1, 1)
        nothing = min(max(probabilities[0] + by, 0.02), 0.98)
        weights = [1 + 2 * index for index in range(len(probabilities) - 1)]
        found[group] = [nothing, *((1 - nothing) * weight / sum(weights) for weight in weights)]
    return found


def policies(trial: Json, change: Change = usual, wanders: float = WANDERS, **numbers: float | None) -> Json:
    """The block of a record.  numbers: of the block, instead of the usual ones."""
    joint, updates = trial["strategy"].startswith("policy_joint"), (0, 32, 64, 128, 256)
    of_class = {}
    for name in CLASSES[trial["strategy"].partition("(")[0]]:
        final = learned(name, trial["seed"], change, wanders)
        moments = [_between(start(), final, update / 256) for update in updates]
        of_class[name] = {
            "rows": 1024, "start": start(), "final": final, "best": final,
            "snapshots": {"update": list(updates), **{group: [one[group] for one in moments] for group in GROUPS}},
        }  # fmt: skip
    usual_numbers = {"policy_updates": 256, "beta": 0.05, "beta_updates": 6.8, "gamma": None, "gamma_updates": None}
    rates = {"gamma": 0.05, "gamma_updates": 6.8} if joint else {}
    told = {"axes": 2, "groups": GROUPS, **usual_numbers, **rates, **numbers}
    return {**told, "classes": of_class, "test_time": _test_time(trial["seed"]) if joint else None}


def with_policies(trial: Json, **changed: object) -> Json:
    """The record with what is told of its policies; unchanged of strategies that learn none."""
    if trial["strategy"].partition("(")[0] not in CLASSES:
        return trial
    seen = {
        "labelled subset": {"images": trial["size"], "patients": trial["size"]},
        "validation labels": {"images": 16, "patients": 16},
    }
    return {**trial, "sees": list(seen), "saw": seen, "policies": policies(trial, **changed)}


def error(cell: Cell) -> float:
    """Test cross-entropy of a trial."""
    factor = 1 - 0.05 * STRATEGIES.index(cell.strategy.partition("(")[0])
    return factor * law(cell._replace(strategy="baseline"))


def write(
    folder: Path,
    strategies: tuple[str, ...] = STRATEGIES,
    seeds: int = SEEDS,
    tasks: tuple[str, ...] = (TASK,),
    models: tuple[str, ...] = (MODEL,),
    sizes: tuple[int, ...] = SIZES,
    **changed: object,
) -> Store:
    """Write the records.  changed: see `policies`."""
    odd = Odd(
        tasks=tasks, models=models, strategies=strategies, sizes=sizes, seeds=seeds, error=error,
        change=partial(with_policies, **changed),
    )  # fmt: skip
    return odd.write(folder)


def _between(first: dict[str, list[float]], last: dict[str, list[float]], share: float) -> dict[str, list[float]]:
    return {
        group: [round(a + share * (b - a), 6) for a, b in zip(first[group], last[group], strict=True)]
        for group in GROUPS
    }


def _test_time(seed: int) -> Json:
    """Doing nothing first, then two of the three flips, by turns."""
    begun = [0.2 if place in (0, 17, 18, 21) else 0.2 / 60 for place in range(64)]
    other = 17 + seed % 2
    ended = [0.5 if place == 0 else 0.3 if place == other else 0.2 / 62 for place in range(64)]
    best = [0, other, 21, 40]
    total = sum(ended[place] for place in best)
    return {
        "start": begun, "final": ended, "best_ids": best, "best_weights": [ended[place] / total for place in best],
    }  # fmt: skip
