"""A study whose curves have one verdict each, so that every mark of a figure is drawn for some and not for others."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from statistics import fmean

from segaug.results.store import Store
from tests.report.odd_studies import Cell, Json, Odd, law

LUNG, OTHER_MODEL, HEART = ("lung", "nnunet"), ("lung", "swin_unet"), ("heart", "nnunet")
KEPT = "baseline"  # a law that holds, its exponent and floor identified, E claimed at four times the largest size
REJECTED = "red"  # a law that the means reject: N = 8 is off
VAGUE = "regda"  # a law that fits, its exponent and floor not identified; two trials diverged
FLAT = "genda"  # a law without a decay
SHORT = "gd"  # two sizes: no law
WORSE = "gi"  # worse than the baseline, and worse at the largest N than the others predict
STRATEGIES = (KEPT, REJECTED, VAGUE, FLAT, SHORT, WORSE)  # in the order of the palette
SIZES, HEART_SIZES = (2, 4, 8, 16, 32, 64), (4, 8, 16)
SEEDS = 5
DIVERGED = ((VAGUE, 4, 1), (VAGUE, 4, 3), (REJECTED, 16, 0))  # strategy, N, seed
CONSTANT = 0.45
UPDATES = tuple(16 * (place + 1) for place in range(16))
STOPPED = 8  # validations of the last seed, which stops early
_LEVELS = (1.0, 2.0, 3.0, 10.0, 20.0)  # of the validation error of each seed: no mean of some is their median


def error(cell: Cell) -> float:
    """Test cross-entropy of a trial, as its record holds it."""
    if cell.task == "heart":
        return 5 * law(cell, noise=0.02)
    if cell.model == "swin_unet":
        return 3 * law(cell, noise=0.02)
    return _ERRORS[cell.strategy](cell)


_ERRORS = {
    KEPT: lambda cell: law(cell, noise=0.004),
    REJECTED: lambda cell: law(cell, noise=0.002) * (1.3 if cell.size == 8 else 1),
    VAGUE: lambda cell: law(cell, noise=0.25),
    FLAT: lambda cell: law(cell, a=0.0, c=0.3, noise=0.05),
    SHORT: lambda cell: law(cell, noise=0.05),
    WORSE: lambda cell: law(cell, noise=0.06) * (2.4 if cell.size == 64 else 1.5),
}


def diverged(cell: Cell) -> bool:
    """Did this trial diverge?"""
    return cell[:2] == LUNG and cell[2:] in DIVERGED


def atlas(size: int) -> float:
    """Error of the mean mask, on lungs; on hearts it was not measured."""
    return 0.25 + 0.1 / size


def validation_error(cell: Cell, update: int) -> float:
    """What a trial's history holds."""
    return _LEVELS[cell.seed] * (1 + STRATEGIES.index(cell.strategy)) / cell.size * (0.1 + 1 / update)


def cells(task: str, model: str, strategy: str) -> list[Cell]:
    """Trials of one curve that came to an end, diverged or not."""
    return [cell for cell in _STUDY.cells() if cell[:3] == (task, model, strategy)]


@cache
def errors(task: str, model: str, strategy: str) -> Mapping[int, list[float]]:
    """N -> errors of the converged trials, by seed."""
    known: dict[int, list[float]] = {}
    for cell in cells(task, model, strategy):
        if not diverged(cell):
            known.setdefault(cell.size, []).append(error(cell))
    return known


def means(task: str, model: str, strategy: str) -> dict[int, float]:
    """N -> mean error of the converged trials."""
    return {size: fmean(values) for size, values in errors(task, model, strategy).items()}


def write_marked_study(folder: Path) -> Store:
    """Write it."""
    return _STUDY.write(folder)


def _planned(cell: Cell) -> bool:
    if cell[:2] == HEART:
        return cell.strategy == KEPT and cell.size in HEART_SIZES
    if cell[:2] == OTHER_MODEL:
        return cell.strategy == KEPT and cell.size <= 16
    return cell[:2] == LUNG and (cell.strategy != SHORT or cell.size >= 32)


def _with_history(trial: Json) -> Json:
    """Validation errors of its own, for hearts no references, and more labels for validation at their largest N."""
    cell = Cell(*(trial[name] for name in Cell._fields))
    updates = UPDATES[: STOPPED if cell.seed == SEEDS - 1 else len(UPDATES)]
    history = {
        "update": updates,
        "epoch": updates,
        "training_loss": trial["history"]["training_loss"][: len(updates)],
        "validation_bce": [validation_error(cell, update) for update in updates],
    }
    trial = {**trial, "history": history}
    if cell.task == "lung":
        return trial
    labels = {**trial["labels"], "validation": 20 if cell.size == HEART_SIZES[-1] else 16}
    return {**trial, "reference": {}, "labels": labels}


_STUDY = Odd(
    tasks=("heart", "lung"), models=("nnunet", "swin_unet"), strategies=STRATEGIES, sizes=SIZES, seeds=SEEDS,
    error=error, planned=_planned, diverged=diverged, change=_with_history,
)  # fmt: skip
