"""What a W&B run shall hold, as plain values: no wandb here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from segaug.results.store import Json, canonical

METRICS = ("bce", "dice", "hd95", "bce_recalibrated")
CHECKPOINTS = {"best": "test", "last": "test_last"}  # key in the record -> section of the dashboard
TAG_LENGTH, NAME_LENGTH = 64, 128  # the longest that W&B takes


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of plain values under named columns."""

    columns: list[str]
    rows: list[list[Any]]  # JSON scalars of any kind


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of the dashboard.  Each row of `history` has "update", the axis that its other values are drawn over."""

    id: str
    name: str
    group: str
    job_type: str
    tags: tuple[str, ...]
    config: Json
    summary: Json = field(default_factory=dict)
    history: tuple[Json, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    figures: tuple[Path, ...] = ()


def run_id(study: str, *key: str | int) -> str:
    """The same for the same study and key, so that writing a run again replaces it."""
    return sha256(canonical([study, *key])).hexdigest()[:16]


def cell_run(study: str, records: Sequence[Json]) -> Run:
    """All finished seeds of one cell: a row each in table "seeds", mean and standard deviation in the summary."""
    records = sorted(records, key=lambda record: (record["seed"], record["id"]))
    first = records[0]
    return Run(
        id=run_id(study, *cell_key(first)),
        name=_clip(_cell_name(first), NAME_LENGTH),
        group=_clip(_curve_name(first), NAME_LENGTH),
        job_type="cell",
        tags=_tags(study, first),
        config=_config(study, first) | {"seeds": [record["seed"] for record in records]},
        summary=_cell_summary(records),
        history=tuple(_cell_history(records)),
        tables={"seeds": _seed_table(records)},
    )


def trial_run(study: str, record: Json) -> Run:
    """One trial with its training curve."""
    return Run(
        id=run_id(study, *trial_key(record)),
        name=_clip(f"{_cell_name(record)}/seed{record['seed']}", NAME_LENGTH),
        group=_clip(_cell_name(record), NAME_LENGTH),
        job_type="trial",
        tags=_tags(study, record),
        config=_config(study, record) | {"seed": record["seed"], "trial": record["id"]},
        summary={
            key: value for key, value in _row(record).items() if value is not None and key not in ("seed", "trial")
        },
        history=tuple(_trial_history(record)),
    )


def tables_run(study: str, job_type: str, tables: Mapping[str, Table], figures: Sequence[Path]) -> Run:
    """The tables and figures of a fit or a report; one run a study and job type."""
    return Run(
        id=run_id(study, job_type),
        name=_clip(f"{study}/{job_type}", NAME_LENGTH),
        group=_clip(study, NAME_LENGTH),
        job_type=job_type,
        tags=(_clip(study, TAG_LENGTH),),
        config={"study": study},
        tables=tables,
        figures=tuple(figures),
    )


def cell_key(trial: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Cell of a record or of a trial in the plan."""
    return trial["task"], trial["model"], trial["strategy"], trial["size"]


def trial_key(trial: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Cell, seed and content address of a record or of a trial in the plan."""
    return (*cell_key(trial), trial["seed"], trial["id"])


def _curve_name(record: Json) -> str:
    return f"{record['task']}/{record['model']}/{record['strategy']}"


def _cell_name(record: Json) -> str:
    return f"{_curve_name(record)}/n{record['size']}"


def _tags(study: str, record: Json) -> tuple[str, ...]:
    words = (study, record["task"], record["model"], record["strategy"], f"n{record['size']}")
    return tuple(dict.fromkeys(_clip(word, TAG_LENGTH) for word in words))


def _config(study: str, record: Json) -> Json:
    """Flat keys to group and filter by, and the scientific config below them."""
    flat = {key: record[key] for key in ("task", "model", "strategy", "dataset_hash", "protocol_hash")}
    scientific = {key: value for key, value in record["config"].items() if key != "seed"}
    return {"study": study, "N": record["size"], **flat, "scientific": scientific}


def _row(record: Json) -> Json:
    """What differs between the seeds of a cell; null where a diverged trial has no value."""
    test = {
        f"{section}/{metric}": (record["test"][checkpoint] or {}).get(metric)
        for checkpoint, section in CHECKPOINTS.items()
        for metric in METRICS
    }
    training = {key: record["training"][key] for key in ("updates", "best_update", "stopped")}
    seconds = record["run"]["seconds"]["total"]
    return {
        "seed": record["seed"],
        "trial": record["id"],
        "status": record["status"],
        **test,
        **training,
        "seconds": seconds,
    }


def _seed_table(records: Sequence[Json]) -> Table:
    rows = [_row(record) for record in records]
    return Table(columns=list(rows[0]), rows=[list(row.values()) for row in rows])


def _cell_summary(records: Sequence[Json]) -> Json:
    """Mean and standard deviation over seeds (n - 1) of each test metric, and over how many trials."""
    rows = [_row(record) for record in records]
    summary: Json = {"trials": len(rows), "diverged": sum(row["status"] == "diverged" for row in rows)}
    for key in (f"{section}/{metric}" for section in CHECKPOINTS.values() for metric in METRICS):
        values = [row[key] for row in rows if row[key] is not None]
        if values:
            summary[f"{key}_mean"] = fmean(values)
        if len(values) > 1:
            summary[f"{key}_sd"] = stdev(values)
    return summary


def _cell_history(records: Sequence[Json]) -> Iterable[Json]:
    """Validation curve of each seed; the mean only where every seed has a value, as those left over would bias it."""
    curves = {f"validation_bce/seed_{record['seed']}": _curve(record, "validation_bce") for record in records}
    for update in sorted(set().union(*curves.values())):
        values = {name: curve[update] for name, curve in curves.items() if update in curve}
        mean = {"validation_bce/mean": fmean(values.values())} if len(values) == len(curves) else {}
        yield {"update": update, **values, **mean}


def _trial_history(record: Json) -> Iterable[Json]:
    curves = {name: _curve(record, name) for name in ("training_loss", "validation_bce")}
    for update in sorted(set().union(*curves.values())):
        yield {"update": update, **{name: curve[update] for name, curve in curves.items() if update in curve}}


def _curve(record: Json, name: str) -> dict[int, float]:
    history = record["history"]
    return {update: value for update, value in zip(history["update"], history[name], strict=True) if value is not None}


def _clip(text: str, length: int) -> str:
    """Texts that are too long for W&B end in a hash, so that they stay different."""
    return text if len(text) <= length else f"{text[: length - 9]}-{sha256(text.encode()).hexdigest()[:8]}"
