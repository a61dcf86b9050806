"""How trials end, how far those of a plan have come, and the one count of it for whoever shows it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from segaug.results.keys import Cell, cell_of

STATUSES = ("ok", "diverged", "failed", "missing")  # of a planned trial in a table, the best first
ENDED = STATUSES[:2]  # it has a record
UNFINISHED = STATUSES[2:]
STATES = ("done", "diverged", "failed", "running", "missing")  # of a planned trial in its folder
WITH_RESULT = STATES[:2]  # diverged: a result too, and not run again


def trial_states(statuses: Mapping[str, str], failed: Iterable[str], running: Iterable[str] = ()) -> dict[str, str]:
    """One of `STATES` by id, of every trial but those that are missing: a result outlasts all, a new attempt a failure.

    statuses: of records, "ok" or "diverged", by id.  failed, running: ids of trials with a failure, and with a lease.
    """
    results = {trial: "done" if status == "ok" else "diverged" for trial, status in statuses.items()}
    return dict.fromkeys(failed, "failed") | dict.fromkeys(running, "running") | results


def count_by_cell(trials: Iterable[Mapping[str, Any]], states: Mapping[str, str]) -> dict[Cell, Counter[str]]:
    """How many of the planned trials of each cell are in each state; states: from `trial_states`."""
    cells: dict[Cell, Counter[str]] = {}
    for trial in trials:
        cells.setdefault(cell_of(trial), Counter())[states.get(trial["id"], "missing")] += 1
    return cells
