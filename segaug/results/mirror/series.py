"""Tables, summaries and charts of records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from statistics import fmean, stdev
from typing import Any

from segaug.measures import quantities
from segaug.results.by_way import cost_columns
from segaug.results.mirror.before_training import before_training
from segaug.results.mirror.run import Table
from segaug.results.policies import named_policies
from segaug.results.store import Json

CHECKPOINTS = {"best": "test", "last": "test_last"}  # key in the record -> section of the dashboard
_VALIDATION = "validation_"


def keys(records: Sequence[Json]) -> list[str]:
    """What any of these trials, of one task, has measured; in the order of the list, structures after their mean."""
    structures = next((record["form"]["structures"] for record in records if "form" in record), ("",))
    known = {key for record in records for checkpoint in CHECKPOINTS for key in _scores(record, checkpoint)}
    return [what.key for what in quantities(structures) if what.key in known]


def row(record: Json, measured: Sequence[str]) -> Json:
    """What differs between the trials of a curve; null where a trial has not measured a key, or has diverged."""
    test = {
        f"{section}/{key}": _scores(record, checkpoint).get(key)
        for checkpoint, section in CHECKPOINTS.items()
        for key in measured
    }
    training = {key: record["training"][key] for key in ("updates", "best_update", "stopped")}
    facts = {"N": record["size"], "seed": record["seed"], "trial": record["id"], "status": record["status"]}
    return {
        **facts,
        **test,
        **_sources(record),
        **_layers(record),
        **training,
        "seconds": record["run"]["seconds"]["total"],
        **cost_columns(record),
        **before_training(record),
        **named_policies(record),
    }


def _sources(record: Json) -> Json:
    """How each source of a pooled task was shown, and test scores of the added ones; nothing of a single source."""
    told: Json = {}
    for name, source in record.get("sources", {}).items():
        told |= {f"sources/{name}/{key}": source[key] for key in ("training", "presentations")}
        if source["role"] == "added":
            scores = (source["test"] or {}).get("best") or {}
            told |= {f"sources/{name}/{key}": value for key, value in scores.items()}
    return told


def _layers(record: Json) -> Json:
    """Means over the test cases of what each layer makes of them; nothing where nobody asked."""
    told: Json = {}
    for name, layer in ((record.get("diagnostics") or {}).get("layers") or {}).items():
        for quantity, values in layer.items():
            known = [value for value in values if value is not None]
            told[f"diagnostics/{name}/{quantity}"] = fmean(known) if known else None
    return told


def table(records: Sequence[Json]) -> Table:
    """One row a record."""
    measured = keys(records)
    rows = [row(record, measured) for record in records]
    columns = list(dict.fromkeys(name for trial in rows for name in trial))
    return Table(columns=columns, rows=[[trial.get(name) for name in columns] for trial in rows])


def means(records: Sequence[Json]) -> Json:
    """Mean and standard deviation (n - 1) over the records of each test score and cost, and over how many trials.

    Also of each number of before training, and of what was learned along: `before_training`, `named_policies`.
    """
    measured = keys(records)
    rows = [row(record, measured) for record in records]
    summary: Json = {"trials": len(rows), "diverged": sum(trial["status"] == "diverged" for trial in rows)}
    scores = [f"{section}/{key}" for section in CHECKPOINTS.values() for key in measured]
    sources = (cost_columns, before_training, named_policies)
    beside = (name for record in records for numbers in sources for name in numbers(record))
    for key in dict.fromkeys([*scores, *beside]):
        values = [trial[key] for trial in rows if isinstance(trial.get(key), float | int)]
        if values:
            summary[f"{key}_mean"] = fmean(values)
        if len(values) > 1:
            summary[f"{key}_sd"] = stdev(values)
    return summary


def over_sizes(records: Sequence[Json]) -> Iterator[Json]:
    """The learning curve: means of each N.  records: by size."""
    for size, group in groupby(records, key=lambda record: record["size"]):
        yield {"N": size, **means(list(group))}


def over_updates(records: Sequence[Json]) -> Iterator[Json]:
    """Validation curve of each seed; the mean only where every seed has a value, as those left over would bias it."""
    seeds = len({record["seed"] for record in records})
    curves = {
        (name, record["seed"]): _curve(record, name)
        for name in dict.fromkeys(name for record in records for name in _validations(record))
        for record in records
    }
    for update, values in _rows(curves):
        point: Json = {"update": update}
        for name, places in groupby(values, key=itemgetter(0)):
            of_seeds = {f"{name}/seed_{seed}": values[name, seed] for _, seed in places}
            mean = {f"{name}/mean": fmean(of_seeds.values())} if len(of_seeds) == seeds else {}
            point |= of_seeds | mean
        yield point


def of_one(record: Json) -> Iterator[Json]:
    """Training and validation curve of a trial."""
    curves = {name: _curve(record, name) for name in ("training_loss", *_validations(record))}
    yield from ({"update": update, **values} for update, values in _rows(curves))


def _scores(record: Json, checkpoint: str) -> Mapping[str, float | None]:
    return (record["test"] or {}).get(checkpoint) or {}


def _validations(record: Json) -> list[str]:
    """What was measured on validation during training."""
    return [name for name in record["history"] if name.startswith(_VALIDATION)]


def _rows(curves: Mapping[Any, Mapping[int, float]]) -> Iterable[tuple[int, dict[Any, Any]]]:  # Any: their names
    for update in sorted(set().union(*curves.values())):
        yield update, {name: curve[update] for name, curve in curves.items() if update in curve}


def _curve(record: Json, name: str) -> dict[int, float]:
    history = record["history"]
    pairs = zip(history["update"], history.get(name, ()), strict=False)  # none where it was not measured
    return {update: value for update, value in pairs if value is not None}
