"""The policies that the trials of a cell have learned: one cell is a task, a model, a strategy and an N."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import orjson

from segaug.analysis.law.power_law import Array
from segaug.analysis.policies.changes import Apart, Change, Probabilities, apart, changes
from segaug.policy_file import BACKGROUND, CLASSES, FOREGROUND
from segaug.results.keys import Cell, cell_of

Json = Mapping[str, Any]  # Any: JSON
Row = Mapping[str, Any]  # of a trial, as `trial_columns` reads it


@dataclass(frozen=True, eq=False)
class ClassPolicy:
    """One policy, over S seeds: of all rows, or of those that were cut around background or foreground."""

    name: str
    rows: float  # that it drew options for, mean over seeds
    start: Probabilities
    end: Probabilities
    updates: Array  # (M,), at which there are snapshots; none where seeds do not share them
    nothing: Mapping[str, Array]  # group -> (S, M), probability of doing nothing at each
    changes: tuple[Change, ...]


@dataclass(frozen=True, eq=False)
class AtTestTime:
    """The policy at test time, over S seeds; K operations by number."""

    start: Array  # (S, K)
    end: Array  # (S, K)
    weights: Array  # (S, K), in a prediction; 0 of an operation that is not joined

    @property
    def joined(self) -> list[int]:
        """Operations that any seed joins, those of the largest mean weight first."""
        mean = self.weights.mean(axis=0)
        return sorted(np.flatnonzero(mean).tolist(), key=lambda operation: (-mean[operation], operation))


@dataclass(frozen=True, eq=False)
class PolicyCell:
    """One task, model, strategy and N, of S seeds."""

    key: Cell
    seeds: tuple[int, ...]
    blocks: tuple[Json, ...]  # what each seed's record tells
    seeds_per_subset: int  # seeds that share their images are one in all that is said of chance
    labels: tuple[int, int]  # for training and for validation, at most

    @property
    def where(self) -> str:
        """In a sentence."""
        *names, size = self.key
        return f"{' · '.join(names)} · N = {size}"

    @property
    def strategy(self) -> str:
        """Its name."""
        return self.key[2]

    @property
    def size(self) -> int:
        """N."""
        return self.key[3]

    @property
    def axes(self) -> int:
        """Of its images."""
        return int(self.blocks[0]["axes"])

    @property
    def groups(self) -> Mapping[str, Sequence[str]]:
        """Options of each group, doing nothing first."""
        groups: Mapping[str, Sequence[str]] = self.blocks[0]["groups"]
        return groups

    def numbers(self, name: str) -> list[float]:
        """A number of the block in each seed that has it, such as beta_updates."""
        return [float(block[name]) for block in self.blocks if block[name] is not None]

    @cached_property
    def classes(self) -> tuple[ClassPolicy, ...]:
        """One policy, or those of background and foreground."""
        names = next(names for names in CLASSES if set(names) == set(self.blocks[0]["classes"]))
        return tuple(self._of_class(name) for name in names)

    @cached_property
    def apart(self) -> tuple[Apart, ...]:
        """What tells the policies of foreground and background apart, by group; nothing of a single one."""
        ends = {policy.name: self._of_subsets(policy.end) for policy in self.classes}
        return apart(ends[BACKGROUND], ends[FOREGROUND]) if len(ends) > 1 else ()

    @cached_property
    def test_time(self) -> AtTestTime | None:
        """None where none was learned along."""
        told = [block["test_time"] for block in self.blocks]
        if not all(told):
            return None
        start, end = (np.array([one[part] for one in told], dtype=float) for part in ("start", "final"))
        weights = np.zeros_like(end)
        for own, one in zip(weights, told, strict=True):
            own[one["best_ids"]] = one["best_weights"]
        return AtTestTime(start, end, weights)

    def _of_class(self, name: str) -> ClassPolicy:
        told = [block["classes"][name] for block in self.blocks]
        start, end = (
            {group: np.array([one[part][group] for one in told], dtype=float) for group in self.groups}
            for part in ("start", "final")
        )
        updates = told[0]["snapshots"]["update"]
        if any(one["snapshots"]["update"] != updates for one in told):  # a training ended before the others
            updates = []
        moments = {
            group: np.array([one["snapshots"][group][: len(updates)] for one in told], dtype=float)
            for group in self.groups
        }
        rows = float(np.mean([one["rows"] for one in told]))
        changed = changes(self.groups, self._of_subsets(start), self._of_subsets(end))
        return ClassPolicy(name, rows, start, end, np.array(updates, dtype=float), moments, changed)

    @cached_property
    def subsets(self) -> tuple[int, ...]:
        """Of training images, ascending: what is drawn afresh, and so what counts as one in a test."""
        return tuple(sorted({seed // self.seeds_per_subset for seed in self.seeds}))

    @property
    def unit(self) -> str:
        """What counts as one in a test, in a sentence."""
        return "seed" if self.seeds_per_subset == 1 else "subset"

    def _of_subsets(self, probabilities: Probabilities) -> Probabilities:
        """The mean over the seeds of each subset."""
        subset = np.array(self.seeds) // self.seeds_per_subset
        return {
            group: np.stack([rows[subset == one].mean(axis=0) for one in self.subsets])
            for group, rows in probabilities.items()
        }


def policy_cells(trials: Iterable[Row]) -> list[PolicyCell]:
    """Of the trials, which converged, whose rows have policies: by task, model, strategy and N."""
    found: dict[Cell, list[Row]] = defaultdict(list)
    for trial in trials:
        if trial["policies"]:
            found[cell_of(trial)].append(trial)
    return [_cell(key, sorted(found[key], key=lambda trial: int(trial["seed"]))) for key in sorted(found)]


def _cell(key: Cell, trials: Sequence[Row]) -> PolicyCell:
    blocks = tuple(orjson.loads(trial["policies"]) for trial in trials)
    labels = [max(int(trial[f"{name}_labels"]) for trial in trials) for name in ("training", "validation")]
    seeds = tuple(int(trial["seed"]) for trial in trials)
    return PolicyCell(key, seeds, blocks, int(trials[0]["seeds_per_subset"]), (labels[0], labels[1]))
