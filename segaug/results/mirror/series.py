"""Tables, summaries and charts of records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from statistics import fmean, stdev
from typing import Any

from segaug.results.mirror.run import Table
from segaug.results.store import Json

METRICS = ("bce", "dice", "hd95", "bce_recalibrated")
CHECKPOINTS = {"best": "test", "last": "test_last"}  # key in the record -> section of the dashboard
SCORES = tuple(f"{section}/{metric}" for section in CHECKPOINTS.values() for metric in METRICS)


def row(record: Json) -> Json:
    """What differs between the trials of a curve; null where a diverged trial has no value."""
    test = {
        f"{section}/{metric}": ((record["test"] or {}).get(checkpoint) or {}).get(metric)
        for checkpoint, section in CHECKPOINTS.items()
        for metric in METRICS
    }
    training = {key: record["training"][key] for key in ("updates", "best_update", "stopped")}
    facts = {"N": record["size"], "seed": record["seed"], "trial": record["id"], "status": record["status"]}
    return {**facts, **test, **training, "seconds": record["run"]["seconds"]["total"]}


def table(records: Sequence[Json]) -> Table:
    """One row a record."""
    rows = [row(record) for record in records]
    return Table(columns=list(rows[0]), rows=[list(one.values()) for one in rows])


def means(records: Sequence[Json]) -> Json:
    """Mean and standard deviation (n - 1) of each test score over the records, and over how many trials."""
    rows = [row(record) for record in records]
    found: Json = {"trials": len(rows), "diverged": sum(one["status"] == "diverged" for one in rows)}
    for key in SCORES:
        values = [one[key] for one in rows if one[key] is not None]
        if values:
            found[f"{key}_mean"] = fmean(values)
        if len(values) > 1:
            found[f"{key}_sd"] = stdev(values)
    return found


def over_sizes(records: Sequence[Json]) -> Iterator[Json]:
    """The learning curve: means of each N.  records: by size."""
    for size, group in groupby(records, key=lambda record: record["size"]):
        yield {"N": size, **means(list(group))}


def over_updates(records: Sequence[Json]) -> Iterator[Json]:
    """Validation curve of each seed; the mean only where every seed has a value, as those left over would bias it."""
    curves = {f"validation_bce/seed_{record['seed']}": _curve(record, "validation_bce") for record in records}
    for update, values in _rows(curves):
        mean = {"validation_bce/mean": fmean(values.values())} if len(values) == len(curves) else {}
        yield {"update": update, **values, **mean}


def of_one(record: Json) -> Iterator[Json]:
    """Training and validation curve of a trial."""
    curves = {name: _curve(record, name) for name in ("training_loss", "validation_bce")}
    yield from ({"update": update, **values} for update, values in _rows(curves))


def _rows(curves: Mapping[str, Mapping[int, float]]) -> Iterable[tuple[int, dict[str, Any]]]:
    for update in sorted(set().union(*curves.values())):
        yield update, {name: curve[update] for name, curve in curves.items() if update in curve}


def _curve(record: Json, name: str) -> dict[int, float]:
    history = record["history"]
    return {update: value for update, value in zip(history["update"], history[name], strict=True) if value is not None}
