"""Studies whose answers are known in closed form: means, spreads, ratios and counts are put in, not drawn."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from segaug.results.store import Store
from tests.report.odd_studies import Cell, Json, Odd
from tests.structures import write_structures_study

TASK, MODEL = "lung", "nnunet"
ONE, OTHER = (-1, -1, 1, 1), (-1, 1, -1, 1)  # of four seeds: both with mean 0, and not correlated
SPREAD = 0.02  # of four seeds that lie so far from their mean, as a share of it
T_3 = 3.182446  # 97.5 % quantile of Student's t with three degrees of freedom
SIZES = (4, 8, 16, 32)
RATIOS = {"red": 0.8, "regda": 0.9, "mixup": 1.25}  # of expected errors to those of the baseline


def law(size: float, a: float = 0.5, b: float = 0.5, c: float = 0.05) -> float:
    """Expected error."""
    return a * size**-b + c


def standard_deviation(share: float = SPREAD) -> float:
    """Of four seeds that lie a share of their mean above or below it, over that mean."""
    return share * math.sqrt(4 / 3)


def _paired(cell: Cell) -> float:
    """regda's errors go twice as far up and down as the baseline's, with them; the others' do not go with them."""
    sign = (ONE if cell.strategy in ("baseline", "regda") else OTHER)[cell.seed]
    share = 2 * SPREAD if cell.strategy == "regda" else SPREAD
    return RATIOS.get(cell.strategy, 1.0) * law(cell.size) * (1 + share * sign)


def _sees(trial: Json) -> Json:
    more = {"red": ["external images"], "mixup": ["external images", "test images"]}
    return {**trial, "sees": ["labelled subset", *more.get(trial["strategy"], [])]}


PAIRED = Odd(tasks=(TASK,), strategies=("baseline", *RATIOS), sizes=SIZES, error=_paired, change=_sees)

LAWS: dict[str, Callable[[float], float]] = {  # strategy -> expected error
    "baseline": law,
    "red": lambda size: law(size) * (1.5 if size == 8 else 1),  # no law comes near
    "regda": lambda _: 0.3,
    "mixup": lambda size: law(size, b=0.3, c=0.0),
    "genda": law,  # at three sizes
}
LAW_SIZES = (2, 4, 8, 16, 32, 64)


def _lawful(cell: Cell) -> float:
    return LAWS[cell.strategy](cell.size) * (1 + (0.1 if cell.strategy == "mixup" else SPREAD) * ONE[cell.seed])


LAWFUL = Odd(
    tasks=(TASK,), strategies=tuple(LAWS), sizes=LAW_SIZES, error=_lawful,
    planned=lambda cell: cell.strategy != "genda" or cell.size <= 8,
)  # fmt: skip

FAILED = {("lung", "baseline", 4, 2): "first", ("lung", "red", 4, 1): "second", ("lung", "red", 4, 2): "second"}
DIVERGED = {("heart", "red", 2, 0), ("heart", "red", 4, 1)}
SECONDS = {"baseline": 36.0, "red": 90.0}


def place(cell: Cell | Any) -> tuple[str, str, int, int]:
    """Where a trial of these is, whatever its model."""
    return cell.task, cell.strategy, cell.size, cell.seed


def _timed(trial: Json) -> Json:
    """A tenth of the time for data, a fifth for augmentation, the rest for the network; seed 2 on another machine."""
    total = SECONDS[trial["strategy"]]
    shares = {"data": 0.1, "prepare": 0.0, "augmentation": 0.2, "network": 0.7, "other": 0.0, "total": 1.0}
    seconds = {part: share * total for part, share in shares.items()}
    newer = trial["seed"] == 2
    run = {**trial["run"], "seconds": seconds, "device": "NVIDIA H200" if newer else "cpu"}
    run["versions"] = {"segaug": "0.2.0" if newer else "0.1.0", "torch": "2.13.0"}
    protocol = {"length": 512 if newer else 256, "optimiser": {"name": "sgd", "betas": None}}
    return {
        **trial,
        "run": run,
        "config": {**trial["config"], "protocol": protocol, "augment": {"p": 0.5 if newer else 1.0}},
        "training": {**trial["training"], "updates": 512 if newer else 256},
        "labels": {**trial["labels"], "validation": 8 if newer else 16},
        "warnings": ["slow disk"] if newer else [],
    }


def _swin_is_small(cell: Cell) -> bool:
    return cell.model == "nnunet" or (cell.task, cell.strategy, cell.size) == ("lung", "baseline", 4)


# 27 trials: three failed, one is missing, and of the other 23 two diverged.
COUNTED = Odd(
    tasks=("heart", "lung"), models=("nnunet", "swin_unet"), sizes=(2, 4), seeds=3, planned=_swin_is_small,
    error=lambda cell: law(cell.size), change=_timed,
    failed=lambda cell: cell.model == "nnunet" and place(cell) in FAILED,
    diverged=lambda cell: place(cell) in DIVERGED,
    missing=lambda cell: place(cell) == ("heart", "baseline", 4, 0),
    plan={"skipped": [{"task": "heart", "size": 128, "pool": 80}], "pack": 3},
)  # fmt: skip


def _other_dice(trial: Json) -> Json:
    """red errs less by every measure, but for a Dice that is clearly lower at N = 4 and the same at N = 8."""
    dice = 0.80 + 0.001 * ONE[trial["seed"]]
    if trial["strategy"] == "red":
        dice = {4: 0.70, 8: 0.80}[trial["size"]] + 0.001 * OTHER[trial["seed"]]
    test = {kind: {**means, "dice": dice} for kind, means in trial["test"].items()}
    return {**trial, "test": test, "cases": {**trial["cases"], "dice": [dice] * 12}}


ORDERED = Odd(tasks=(TASK,), sizes=(4, 8), error=_paired, change=_other_dice)

CASES = tuple(0.1 * (place - 5.5) for place in range(12))  # of a test case: what it adds to every trial, of the mean


def _by_cases(trial: Json) -> Json:
    """A trial's error is the same share above that of every case: no seed makes anything of a case."""
    mean = law(trial["size"])
    own = trial["test"]["best"]["bce"]
    return {**trial, "cases": {**trial["cases"], "bce": [own + mean * case for case in CASES]}}


SPLIT = Odd(tasks=(TASK,), strategies=("baseline", "red"), sizes=(4, 8), error=_paired, change=_by_cases)


def _with_errors(folder: Path) -> Store:
    """The counted study; its trials failed for two reasons, one of which stopped two."""
    store = COUNTED.write(folder)
    for failure in store.failures():
        error = FAILED[failure["task"], failure["strategy"], failure["size"], failure["seed"]]
        store.write_failure({**failure, "error": error, "traceback": f"line of {error}"})
    return store


def _structures(folder: Path) -> Store:
    """heart with three structures, lung with one."""
    return write_structures_study(folder, sizes=(2, 4), seeds=2, mixed=True)


KNOWN: dict[str, Callable[[Path], Store]] = {
    "paired": PAIRED.write,
    "lawful": LAWFUL.write,
    "counted": _with_errors,
    "ordered": ORDERED.write,
    "split": SPLIT.write,
    "structures": _structures,
}
