"""What a study asks for, what of it is there, and what the rest will cost."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from segaug.cluster.forecast import Forecast, forecast_of
from segaug.experiment.planned.plan import Plan, Planned
from segaug.results.snapshot import Snapshot
from segaug.results.store import Json, Store

STATES = ("done", "failed", "to_do")
CELL = ("task", "model", "strategy", "size")
RECORD_BYTES = 60_000  # of a record, where none is there to be measured
WEIGHTS_BYTES = 8_000_000  # of the larger network
MEASURED = 50  # records


@dataclass(frozen=True)
class Survey:
    """The state of a planned study, and the forecast of what is left."""

    cells: Mapping[tuple[object, ...], Counter[str]]  # by CELL: trials in each of STATES, and "stale" records
    left: Sequence[Planned]
    seconds: float  # of one core, or of one process on a GPU
    source: str  # what the forecast is from
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
    finished = Snapshot(store.folder).trials()
    done = set(finished["id"])
    failed = {failure["id"] for failure in store.failures()}
    asked = {one.id for one in plan.trials}
    places = {_place(one.key()) for one in plan.trials}
    cells: dict[tuple[object, ...], Counter[str]] = {}
    for one in plan.trials:
        state = "done" if one.id in done else "failed" if one.id in failed else "to_do"
        cells.setdefault(_cell(one.key()), Counter())[state] += 1
    for *place, trial in finished[[*CELL, "seed", "id"]].itertuples(index=False, name=None):
        if trial not in asked and tuple(place) in places:
            cells[tuple(place[:-1])]["stale"] += 1
    left = [one for one in plan.trials if one.id not in done]
    forecast = forecast or forecast_of(store, {one.trial.model for one in left})
    each = _record_bytes(store, done) + (WEIGHTS_BYTES if weights else 0)
    return Survey(
        cells=cells,
        left=left,
        seconds=sum(forecast.seconds(one) for one in left),
        source=forecast.source,
        bytes=each * len(left),
        files=(2 if weights else 1) * len(left),
        free_bytes=shutil.disk_usage(next(one for one in _parents(store.folder) if one.exists())).free,
    )


def as_json(found: Survey, plan: Plan, store: Store, jobs: int | None) -> Json:
    """The survey as plain values; jobs: on a cluster."""
    return {
        "study": store.folder.name,
        "folder": str(store.folder),
        "trials": len(plan.trials),
        "shard": str(plan.shard) if plan.shard else None,
        "totals": {state: found.totals[state] for state in (*STATES, "stale")},
        "skipped": list(plan.skipped),
        "forecast": {"hours": round(found.seconds / 3600, 3), "source": found.source},
        "disk": {"bytes": round(found.bytes), "files": found.files, "free_bytes": found.free_bytes},
        "jobs": jobs,
        "cells": [
            dict(zip(CELL, cell, strict=True)) | {state: counts[state] for state in (*STATES, "stale")}
            for cell, counts in sorted(found.cells.items(), key=lambda item: tuple(map(str, item[0])))
        ],
    }


def probes(left: Iterable[Planned]) -> list[Planned]:
    """One trial for each model and strategy, at the smallest size from 16 on: what a measured forecast needs."""
    found: dict[tuple[str, str], Planned] = {}
    for one in sorted(left, key=lambda one: (one.size < 16, abs(one.size - 16), one.trial.config.seed, one.id)):
        found.setdefault((one.trial.model, one.trial.strategy), one)
    return list(found.values())


def _cell(key: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(key[name] for name in CELL)


def _place(key: Mapping[str, Any]) -> tuple[object, ...]:
    return (*_cell(key), key["seed"])


def _record_bytes(store: Store, ids: Iterable[str]) -> float:
    sizes = [store.record_path(one).stat().st_size for one in sorted(ids)[:MEASURED]]
    return mean(sizes) if sizes else RECORD_BYTES


def _parents(folder: Path) -> list[Path]:
    whole = folder.resolve()
    return [whole, *whole.parents]
