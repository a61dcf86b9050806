"""The state of a study: each planned trial is done, diverged, failed, running or missing, and what is left costs so."""

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from segaug.results.code_names import mixed_curves
from segaug.results.keys import CELL, CURVE, TRIAL, cell_of
from segaug.results.snapshot import Snapshot
from segaug.results.states import STATES, count_by_cell, trial_states
from segaug.results.store import Json, Store
from segaug.results.trial_files import TrialFiles, count_kinds


def study_state(store: Store) -> Json:
    """What the plan asked for, counted by cell and state; verifies records that no snapshot holds yet."""
    (plan, pieces), files = store.plan_and_left_out(), TrialFiles.of(store)
    snapshot = Snapshot(store.folder, quiet=True)
    table = snapshot.plain_trials()
    statuses = dict(zip(table["id"], table["status"], strict=True))
    asked = [trial["id"] for trial in plan["trials"]]
    unfinished = [trial for trial in asked if trial not in statuses]
    leases, failures = files.leases(unfinished), files.failures(unfinished)
    cells = count_by_cell(plan["trials"], trial_states(statuses, failures, leases))
    totals = sum(cells.values(), Counter[str]())
    left = [trial for trial in plan["trials"] if trial["id"] not in statuses]
    return {
        "study": store.folder.name,
        "folder": str(store.folder),
        "complete": not left,
        "totals": {state: totals[state] for state in STATES},
        "cells": [
            dict(zip(CELL, cell, strict=True)) | {state: counts[state] for state in STATES}
            for cell, counts in sorted(cells.items())
        ],
        "skipped": plan["skipped"],
        "shards": plan["shards"],
        "elsewhere": plan["elsewhere"],
        "failures": _grouped(failure for trial, failure in failures.items() if trial not in leases),
        "kinds": count_kinds(failure for trial, failure in failures.items() if trial not in leases),
        "running": [
            {"id": trial, "owner": seen.owner.told if seen.owner else "unknown", "beat": seen.beat}
            for trial, seen in leases.items()
        ],
        "second_records": {
            trial: [{"file": str(rival.path), "differs": list(rival.differs)} for rival in rivals]
            for trial, rivals in files.rivals(trial for trial in asked if trial in statuses).items()
        },
        "mixed_code": [
            dict(zip(CURVE, curve, strict=True)) | {"codes": codes} for curve, codes in mixed_curves(table).items()
        ],
        "left_out": [{"file": error.file, "why": error.problem} for error in (*pieces, *snapshot.left_out.values())],
        "worker_hours_left": _hours(table, left) if left else 0.0,
        "continue": plan.get("command") or "the same `segaug train` command as before",
    }


def _grouped(failures: Iterable[Json]) -> list[Json]:
    """One entry for each error text, the latest first, with how often it occurred and where it did last."""
    groups: dict[str, list[Json]] = {}
    for failure in sorted(failures, key=lambda failure: str(failure.get("finished")), reverse=True):
        groups.setdefault(failure["error"], []).append(failure)
    keys = (*TRIAL, "id", "finished")
    return [
        {"error": error, "trials": len(same), "kind": same[0].get("kind") or "error"}
        | {k: same[0].get(k) for k in keys}
        for error, same in groups.items()
    ]


def _hours(table: pd.DataFrame, left: list[Json]) -> float | None:
    """Hours of one worker for the trials that are left, by what finished ones took; None: none has finished."""
    from segaug.analysis.planning.trial_cost import seconds_per_trial

    seconds = 0.0
    counts = Counter(map(cell_of, left))
    for (task, model, strategy, size), count in counts.items():
        of_task = table[(table["task"] == task) & (table["model"] == model)]
        for like in (of_task[of_task["strategy"] == strategy], of_task, table[table["model"] == model], table):
            if len(like):  # the most similar trials that have finished
                seconds += count * float(seconds_per_trial(like, [size])[0])
                break
        else:
            return None
    return seconds / 3600
