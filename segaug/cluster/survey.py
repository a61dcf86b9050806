"""What a study asks for, what of it is there, and what the rest will cost."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

import pandas as pd

from segaug.cluster.forecast import Forecast, forecast_of
from segaug.experiment.planned.memory import most_mib
from segaug.experiment.planned.plan import Plan, Planned
from segaug.results.keys import CELL, TRIAL_KEY, Cell, cell_of
from segaug.results.snapshot import Snapshot
from segaug.results.states import count_by_cell, trial_states
from segaug.results.store import Json, Store
from segaug.training.protocol import schedule

STATES = ("done", "failed", "to_do")
_AHEAD = {"done": "done", "diverged": "done", "failed": "failed", "running": "to_do", "missing": "to_do"}  # of a plan
RECORD_BYTES = 60_000  # of a record, where none is there to be measured
WEIGHTS_BYTES = 8_000_000  # of the larger network
MEASURED = 50  # records
GPU_SECONDS = 0.02  # an update on a GPU, whose time goes into starting its small steps: a rule of thumb, not measured


@dataclass(frozen=True)
class Survey:
    """The state of a planned study, and the forecast of what is left."""

    cells: Mapping[Cell, Counter[str]]  # trials in each of STATES, and "stale" records
    left: Sequence[Planned]
    forecast: Forecast
    seconds: float  # of one core, or of one process on a GPU
    source: str  # what the forecast is from
    updates: int  # of all that is left, without learning
    bytes: float
    files: int
    free_bytes: int

    @property
    def totals(self) -> Counter[str]:
        """Trials in each state."""
        return sum(self.cells.values(), Counter[str]())


def survey(plan: Plan, store: Store, *, weights: bool, forecast: Forecast | None = None) -> Survey:
    """Compare a plan with what its folder holds.

    A record is stale if it is of a cell and seed of the plan, but not of its configuration or data.
    """
    finished = Snapshot(store.folder).plain_trials()
    plan = _recognised(plan, finished)
    done = set(finished["id"])
    keys = [planned.key() for planned in plan.trials]
    cells = _states_ahead(keys, finished, store)
    left = [planned for planned in plan.trials if planned.id not in done]
    forecast = forecast or forecast_of(store, {planned.trial.model for planned in left}, plan, left)
    each = _record_bytes(store, done) + (WEIGHTS_BYTES if weights else 0)
    return Survey(
        cells=cells,
        left=left,
        forecast=forecast,
        seconds=sum(forecast.seconds(planned) for planned in left),
        source=forecast.source,
        updates=sum(schedule(planned.trial.config.protocol, planned.size + planned.added).updates for planned in left),
        bytes=each * len(left),
        files=(2 if weights else 1) * len(left),
        free_bytes=shutil.disk_usage(next(folder for folder in _parents(store.folder) if folder.exists())).free,
    )


def _recognised(plan: Plan, finished: pd.DataFrame) -> Plan:
    """Trials of tasks that are not here have the ids of their records: without the data nobody knows them."""
    rows = finished[[*TRIAL_KEY]].to_dict("records") if plan.counted else []
    of_seed = {(*cell_of(row), row["seed"]): row["id"] for row in rows if row["task"] in plan.counted}
    keys = [(planned, planned.key()) for planned in plan.trials]
    ids = (of_seed.get((*cell_of(key), key["seed"]), planned.id) for planned, key in keys)
    return replace(plan, trials=tuple(replace(each, id=id_) for (each, _), id_ in zip(keys, ids, strict=True)))


def as_json(surveyed: Survey, plan: Plan, store: Store, jobs: int | None) -> Json:
    """The survey as plain values; jobs: on a cluster."""
    return {
        "study": store.folder.name,
        "folder": str(store.folder),
        "trials": len(plan.trials),
        "shard": str(plan.shard) if plan.shard else None,
        "totals": {state: surveyed.totals[state] for state in (*STATES, "stale")},
        "skipped": list(plan.skipped),
        "absent": list(plan.absent),
        "planned_without_data": {task: dict(counts) for task, counts in plan.counted.items()},
        "forecast": {"hours": round(surveyed.seconds / 3600, 3), "source": surveyed.source},
        "gpu_hours_rule": round(surveyed.updates * GPU_SECONDS / 3600, 3),
        "disk": {"bytes": round(surveyed.bytes), "files": surveyed.files, "free_bytes": surveyed.free_bytes},
        "memory": {"worker_mib": round(most_mib(surveyed.left))},
        "jobs": jobs,
        "cells": [
            dict(zip(CELL, cell, strict=True)) | {state: counts[state] for state in (*STATES, "stale")}
            for cell, counts in sorted(surveyed.cells.items(), key=lambda item: tuple(map(str, item[0])))
        ],
    }


def probes(left: Iterable[Planned]) -> list[Planned]:
    """One trial for each model and strategy, at the smallest size from 16 on: what a measured forecast needs."""
    chosen: dict[tuple[str, str], Planned] = {}
    for planned in sorted(left, key=_suits_a_probe):
        chosen.setdefault((planned.trial.model, planned.trial.strategy), planned)
    return list(chosen.values())


def _suits_a_probe(planned: Planned) -> tuple[object, ...]:
    return planned.size < 16, abs(planned.size - 16), planned.trial.config.seed, planned.id


def _states_ahead(trials: Sequence[Json], finished: pd.DataFrame, store: Store) -> dict[Cell, Counter[str]]:
    """`Survey.cells`; trials: keys of the plan.  finished: of the snapshot."""
    statuses = dict(zip(finished["id"], finished["status"], strict=True))
    states = trial_states(statuses, (failure["id"] for failure in store.failures()))
    cells: dict[Cell, Counter[str]] = {}
    for cell, counts in count_by_cell(trials, states).items():
        cells[cell] = Counter()
        for state, count in counts.items():
            cells[cell][_AHEAD[state]] += count
    asked = {trial["id"] for trial in trials}
    seeds = {(*cell_of(trial), trial["seed"]) for trial in trials}
    for record in finished[[*TRIAL_KEY]].to_dict("records"):
        if record["id"] not in asked and (*cell_of(record), record["seed"]) in seeds:
            cells[cell_of(record)]["stale"] += 1
    return cells


def _record_bytes(store: Store, ids: Iterable[str]) -> float:
    sizes = [store.record_path(trial).stat().st_size for trial in sorted(ids)[:MEASURED]]
    return mean(sizes) if sizes else RECORD_BYTES


def _parents(folder: Path) -> list[Path]:
    whole = folder.resolve()
    return [whole, *whole.parents]
