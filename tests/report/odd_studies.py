"""Studies that are odd in one way each: what a page, a fit, a comparison and a need must come to terms with."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from segaug.results.store import Store
from tests.structures import write_structures_study
from tests.synthetic import record

Json = dict[str, Any]
LONG = "policy_learned(" + ",".join(f"option_{letter}={place}.0" for place, letter in enumerate("abcdefgh")) + ")"
MARKUP = "<b>&amp;'\"$x_2^{y}$ \\frac{1}{0} %s {name} [red]"


class Cell(NamedTuple):
    """What a trial is of."""

    task: str
    model: str
    strategy: str
    size: int
    seed: int


Which = Callable[[Cell], bool]
_TASKS, _MODELS, _BOTH = ("phantom_thorax",), ("nnunet",), ("baseline", "red")


def law(cell: Cell, *, a: float = 0.5, b: float = 0.6, c: float = 0.05, noise: float = 0.05) -> float:
    """Error of a trial; "red" and whatever else is no baseline errs by 0.8 of it, on the noise of the same seed."""
    own, shared = random.Random(str(cell)), random.Random(f"{cell.task} {cell.model} {cell.size} {cell.seed}")
    better = 1.0 if cell.strategy == "baseline" else 0.8
    return better * (a * cell.size**-b + c) * math.exp(noise * (shared.gauss(0, 1) + own.gauss(0, 0.3)))


def never(_: Cell) -> bool:
    """No trial."""
    return False


def as_it_is(trial: Json) -> Json:
    """Unchanged."""
    return trial


@dataclass(frozen=True, kw_only=True)
class Odd:
    """A study that is like any other but for the fields that are given."""

    tasks: tuple[str, ...] = _TASKS
    models: tuple[str, ...] = _MODELS
    strategies: tuple[str, ...] = _BOTH
    sizes: tuple[int, ...] = (4, 8, 16, 32)
    seeds: int = 4
    error: Callable[[Cell], float] = law
    planned: Which = lambda _: True  # others were never asked for
    diverged: Which = never
    failed: Which = never
    missing: Which = never
    change: Callable[[Json], Json] = as_it_is  # of a record
    metric: str | None = None  # of the page
    plan: Json = field(default_factory=dict)

    def cells(self) -> Iterator[Cell]:
        """Every planned trial."""
        found = product(self.tasks, self.models, self.strategies, self.sizes, range(self.seeds))
        return filter(self.planned, (Cell(*each) for each in found))

    def write(self, folder: Path) -> Store:
        """Write plan, records and failures."""
        store = Store(folder)
        trials = {self._id(cell): cell for cell in self.cells()}
        asked = [{"id": key, **cell._asdict()} for key, cell in trials.items()]
        store.add_plan({"trials": asked, "skipped": [], **self.plan})
        for key, cell in trials.items():
            if self.failed(cell):
                store.write_failure({"id": key, **cell._asdict(), **_FAILURE})
            elif not self.missing(cell):
                store.write_record(self.change(self._record(key, cell)))
        return store

    def _id(self, cell: Cell) -> str:
        place = [
            names.index(name) for names, name in zip((self.tasks, self.models, self.strategies), cell[:3], strict=True)
        ]
        return "-".join(map(str, (*place, cell.size, cell.seed)))

    def _record(self, key: str, cell: Cell) -> Json:
        trial = {**record(cell.task, cell.model, "baseline", cell.size, cell.seed), "id": key, **cell._asdict()}
        if cell.strategy != "baseline":
            trial["augmentation"] = record(cell.task, cell.model, "red", cell.size, cell.seed)["augmentation"]
        if self.diverged(cell):
            return {**trial, "status": "diverged", "test": {"best": None, "last": None}, "cases": None}
        return with_error(trial, self.error(cell))


_FAILURE = {
    "schema": 1, "error": "RuntimeError: \x1b[31mout of memory\x1b[0m", "traceback": "Traceback\n  <\x1b[1mhere>",
    "host": "node", "finished": "2026-01-01T00:00:00+00:00",
}  # fmt: skip


def with_error(trial: Json, error: float) -> Json:
    """The trial with this mean cross-entropy, and a Dice that belongs to it."""
    factor = error / trial["test"]["best"]["bce"]
    dice = 1 - min(math.sqrt(error) / 2, 0.99)

    def scaled(name: str, value: float) -> float:
        return dice if name == "dice" else value * factor

    test = {kind: {name: scaled(name, value) for name, value in means.items()} for kind, means in trial["test"].items()}
    cases = {
        name: values if name == "ids" else [scaled(name, value) for value in values]
        for name, values in trial["cases"].items()
    }
    return {**trial, "test": test, "cases": cases}


def _of(error: Callable[[Cell], float], strategy: str) -> Callable[[Cell], float]:
    """This error for one strategy, the law for the others."""
    return lambda cell: error(cell) if cell.strategy == strategy else law(cell)


def _newer(trial: Json) -> Json:
    """Of every second seed the fields that older records, which all others are, do not have."""
    if trial["seed"] % 2:
        return trial
    code = {"version": "0.2.0", "commit": "c" * 40, "changed": False, "hash": "h" * 16}
    return {
        **trial,
        "form": {"channels": 1, "structures": ["lung"], "size": [64, 64], "sources": ["base"]},
        "cases": {**trial["cases"], "patients": trial["cases"]["ids"]},
        "patient_cases": None,
        "training": {**trial["training"], "images": trial["size"]},
        "run": {**trial["run"], "code": code},
    }


def _protocol(**options: object) -> Callable[[Json], Json]:
    return lambda trial: {**trial, "config": {**trial["config"], "protocol": {"length": 256, **options}}}


def _first_cases(count: int) -> Callable[[Json], Json]:
    """Records of a test set of so many cases."""

    def change(trial: Json) -> Json:
        cases = trial["cases"] and {name: values[:count] for name, values in trial["cases"].items()}
        return {**trial, "cases": cases}

    return change


def _unmeasured_hd95(trial: Json) -> Json:
    """A distance is null where a network found nothing."""
    test = {kind: {**means, "hd95": None} for kind, means in trial["test"].items()}
    cases = {**trial["cases"], "hd95": [None] * len(trial["cases"]["ids"])}
    return {**trial, "test": test, "cases": cases, "hd95": {"unit": "px", "both_empty": 0, "one_empty": 12}}


def _some_nulls(trial: Json) -> Json:
    """Numbers that were not finite: null in history, strength and some cases of HD95."""
    cases = {**trial["cases"], "hd95": [None, *trial["cases"]["hd95"][1:]]}
    history = {**trial["history"], "training_loss": [None] * 16, "validation_bce": [None, *[0.3] * 15]}
    return {**trial, "cases": cases, "history": history, "augmentation": None}


def _collapsed(trial: Json) -> Json:
    """A network that finds nothing: the Dice of the images that are empty too."""
    test = {kind: {**means, "dice": 1 / 12} for kind, means in trial["test"].items()}
    cases = {**trial["cases"], "dice": [1.0, *[0.0] * 11]}
    return {**trial, "test": test, "cases": cases, "hd95": {"unit": "px", "both_empty": 1, "one_empty": 11}}


def _slow(trial: Json) -> Json:
    """A long training with a long history and a word of warning."""
    updates = [50 * (place + 1) for place in range(2000)]
    history = {"update": updates, "epoch": updates, "training_loss": [1.0] * 2000, "validation_bce": [0.5] * 2000}
    return {**trial, "history": history, "warnings": ["slow \x1b[5mdisk", MARKUP]}


def _structures(folder: Path, mixed: bool) -> Store:
    return write_structures_study(folder, sizes=(2, 4, 8, 16), seeds=3, mixed=mixed)


def _many_structures(trial: Json) -> Json:
    names = [f"structure {place:02}" for place in range(12)]
    scores = {f"dice/{name}": 0.5 + 0.03 * place for place, name in enumerate(names)}
    renamed = {
        part: {name.replace("bce", "ce"): value for name, value in trial[part].items()}
        for part in ("cases", "reference", "history")
    }
    test = {
        kind: {name.replace("bce", "ce"): value for name, value in means.items()} | scores
        for kind, means in trial["test"].items()
    }
    form = {"channels": 3, "structures": names, "size": [64, 64], "sources": ["base"]}
    shares = {"pool": [0.01] * 12, "test": [0.01] * 12}
    scale = {"scale": 1.1, "offset": [0.0] * 13}
    return {**trial, **renamed, "test": test, "form": form, "foreground": shares, "recalibration": scale}


_FORTY = ("baseline", *(f"method_{place:02}(strength={place / 10})" for place in range(39)))
_LONG_TASK = "phantom_blob(images=60,size=16,structures=3,noise=0.25,contrast=0.5,seed=12345,modality=ct_like)"

ODD: dict[str, Odd] = {
    "ordinary": Odd(),
    "one_trial": Odd(strategies=("baseline",), sizes=(8,), seeds=1),
    "one_seed": Odd(seeds=1),
    "one_seed_one_size": Odd(seeds=1, sizes=(8,)),
    "two_seeds": Odd(seeds=2),
    "one_size": Odd(sizes=(8,)),
    "two_sizes": Odd(sizes=(8, 32)),
    "three_sizes_one_seed": Odd(sizes=(1, 2, 4), seeds=1),
    "first_minutes": Odd(missing=lambda cell: cell.size > 4 or cell.seed > 0),
    "one_of_a_thousand": Odd(seeds=120, missing=lambda cell: (cell.size, cell.seed) != (4, 0)),
    "ten_sizes_twenty_seeds": Odd(sizes=(4, 8, 12, 16, 24, 32, 48, 64, 96, 128), seeds=20),
    "thirty_sizes": Odd(sizes=tuple(range(2, 62, 2)), seeds=2),
    "large_sizes": Odd(sizes=(1000, 30_000, 1_000_000), seeds=2),
    "close_sizes": Odd(sizes=(100, 101, 102, 103)),
    "forty_strategies": Odd(strategies=_FORTY, seeds=2, sizes=(4, 8, 16)),
    "forty_strategies_one_seed": Odd(strategies=_FORTY, seeds=1, sizes=(4,)),
    "many_tasks_and_models": Odd(tasks=tuple(f"task_{letter}" for letter in "abcdefg"), models=("nnunet", "swin_unet"),
                                 seeds=2, sizes=(4, 8, 16)),
    "tasks_of_their_own": Odd(tasks=("lung", "heart"), models=("nnunet", "swin_unet"),
                              planned=lambda cell: (cell.task == "lung") == (cell.model == "nnunet")
                              and (cell.task == "lung" or cell.size > 8)),
    "no_baseline": Odd(strategies=("red", "regda")),
    "only_baseline": Odd(strategies=("baseline",)),
    "only_an_unknown": Odd(strategies=("mine",)),
    "seeds_apart": Odd(seeds=8, planned=lambda cell: (cell.seed < 4) == (cell.strategy == "baseline")),
    "sizes_apart": Odd(sizes=(2, 4, 8, 16, 32, 64), planned=lambda cell: (cell.size < 16) == (cell.strategy == "red")),
    "missing_cells": Odd(seeds=6, missing=lambda cell: cell.seed % 2 == 0 and cell.size > 8),
    "one_cell_each": Odd(planned=lambda cell: cell.seed == 0 or cell.size == 4, missing=lambda cell: cell.size == 16),
    "baseline_unfinished": Odd(missing=lambda cell: cell.strategy == "baseline"),
    "failures_but_one": Odd(failed=lambda cell: (cell.strategy, cell.size, cell.seed) != ("baseline", 4, 0)),
    "failed_with_escapes": Odd(failed=lambda cell: cell.seed == 3),
    "all_diverged": Odd(diverged=lambda _: True),
    "one_curve_diverged": Odd(diverged=lambda cell: cell.strategy == "red"),
    "baseline_diverged": Odd(diverged=lambda cell: cell.strategy == "baseline"),
    "all_but_one_diverged": Odd(diverged=lambda cell: (cell.strategy, cell.size, cell.seed) != ("red", 8, 1)),
    "one_size_diverged": Odd(diverged=lambda cell: cell.size == 32),
    "half_diverged": Odd(diverged=lambda cell: (cell.size + cell.seed) % 2 == 0, seeds=6),
    "rising": Odd(error=lambda cell: 0.01 * cell.size**0.5 * law(cell, a=0, c=1)),
    "flat": Odd(error=partial(law, a=0.0, c=0.3)),
    "flat_without_noise": Odd(error=lambda _: 0.3),
    "equal_errors_of_both": Odd(error=lambda cell: law(cell._replace(strategy="baseline"))),
    "exactly_on_the_law": Odd(error=partial(law, noise=0.0)),
    "straight_line": Odd(error=lambda cell: 1.0 - cell.size / 64),
    "precise": Odd(error=partial(law, noise=0.001), seeds=8, sizes=(2, 4, 8, 16, 32, 64)),
    "precise_and_wrong": Odd(error=lambda cell: law(cell, noise=0.001) * (1.5 if cell.size == 8 else 1), seeds=8),
    "step": Odd(error=lambda cell: law(cell, a=0, c=0.5 if cell.size < 16 else 0.05, noise=0.02)),
    "huge": Odd(error=lambda cell: 1e12 * law(cell)),
    "tiny": Odd(error=lambda cell: 1e-12 * law(cell)),
    "twelve_decades": Odd(error=lambda cell: law(cell) * 10.0 ** (6 * (cell.seed % 3 - 1))),
    "noisy": Odd(error=partial(law, noise=2.0)),
    "one_outlier": Odd(error=lambda cell: law(cell) * (100 if cell[2:] == ("red", 8, 1) else 1)),
    "worse_than_constant": Odd(error=lambda cell: 10 * law(cell)),
    "to_zero": Odd(error=partial(law, b=1.5, c=0.0), sizes=(1, 4, 16, 64, 256)),
    "red_hundred_times_better": Odd(error=_of(lambda cell: law(cell) / 100, "red")),
    "red_exactly_half": Odd(error=lambda cell: law(cell._replace(strategy="baseline")) * (1 + (cell[2] != "red")) / 2),
    "dice": Odd(metric="dice"),
    "perfect_dice_but_one": Odd(metric="dice", error=_of(lambda cell: 1e-9 * law(cell), "red")),
    "hd95": Odd(metric="hd95"),
    "hd95_never_measured": Odd(change=_unmeasured_hd95),
    "hd95_mostly_unmeasured": Odd(metric="hd95", change=lambda trial: trial if trial["seed"] < 2 else
                                  _unmeasured_hd95(trial)),
    "nulls": Odd(change=_some_nulls),
    "collapsed": Odd(change=_collapsed, metric="dice"),
    "nested_subsets": Odd(change=_protocol(subset="nested")),
    "shared_subsets": Odd(change=_protocol(seeds_per_subset=2)),
    "patients_counted": Odd(change=_protocol(count="patients")),
    "one_test_case": Odd(change=_first_cases(1)),
    "two_test_cases": Odd(change=_first_cases(2)),
    "no_cases": Odd(change=lambda trial: {**trial, "cases": None}),
    "no_references": Odd(change=lambda trial: {**trial, "reference": {}}),
    "half_of_them_newer": Odd(change=_newer),
    "long_history": Odd(change=_slow),
    "validation_of_none": Odd(change=lambda trial: {**trial, "labels": {**trial["labels"], "validation": 0}}),
    "long_strategy": Odd(strategies=("baseline", LONG, LONG + "x")),
    "long_everything": Odd(tasks=(_LONG_TASK,), models=("swin_unet(depth=12)",), strategies=("baseline", LONG)),
    "markup": Odd(tasks=(MARKUP,), strategies=("baseline", MARKUP, "$", "_", "__", "%")),
    "other_scripts": Odd(tasks=("肺", "легкое"), strategies=("baseline", "増強", "\U0001f984", "e\u0301" * 30)),
    "slashes_and_spaces": Odd(tasks=("../../up",), models=("a/b",), strategies=("baseline", " ", "x" * 120, "-")),
    "skipped_sizes": Odd(plan={"skipped": [{"task": "phantom_thorax", "size": 512, "pool": 80}]}),
}  # fmt: skip
WRITERS: dict[str, Callable[[Path], Store]] = {
    **{name: odd.write for name, odd in ODD.items()},
    "several_structures": partial(_structures, mixed=False),
    "one_and_several_structures": partial(_structures, mixed=True),
    "twelve_structures": replace(Odd(), change=_many_structures).write,
}
