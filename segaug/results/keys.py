"""The columns that name a trial and what it belongs to, in records, plans, tables and mirrored runs.

A cell is a task, a model, a strategy and a size N; a trial is a cell and a seed; a curve is the trials of one task,
model and strategy, over all sizes.  Trials of two curves are a pair where size and seed are the same.
"""

from collections.abc import Mapping
from typing import Any

CURVE = ("task", "model", "strategy")
PAIR = ("size", "seed")  # what a trial shares with its partner on another curve
CELL = (*CURVE, "size")
TRIAL = (*CURVE, *PAIR)
TRIAL_KEY = ("id", *TRIAL)  # the fields of `TrialKey`
EXPERIMENT = (*CURVE, "dataset_hash", "protocol_hash")  # what trials have to share to be of one curve
Curve = tuple[str, str, str]
Cell = tuple[str, str, str, int]


def curve_of(trial: Mapping[Any, Any]) -> Curve:
    """The curve of a record, a row, or a trial of a plan."""
    return trial["task"], trial["model"], trial["strategy"]


def cell_of(trial: Mapping[Any, Any]) -> Cell:
    """The cell of a record, a row, or a trial of a plan."""
    return *curve_of(trial), trial["size"]
