"""A record as one flat row: what a fit, a comparison or a table reads of it."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256

from segaug.errors import DataError
from segaug.measures import MEASURES
from segaug.results.by_way import Record, cost_columns, way_of
from segaug.results.collapse import mask_columns
from segaug.results.json_file import REDO
from segaug.results.keys import CURVE, PAIR
from segaug.results.layer_weights import weight_columns
from segaug.results.pooled import sources_column
from segaug.results.trained_out import late_fall

Row = dict[str, str | int | float | bool]

_NAMES = ("id", *CURVE, "status", "dataset_hash", "protocol_hash")
COLUMNS: dict[str, type] = {  # of every row
    **dict.fromkeys(_NAMES, str),
    "size": int,
    "seed": int,
    "training_labels": int,
    "validation_labels": int,
    "overlap": bool,  # N is over half of the pool
    "patients": int,
    "pool": int,
    "subset": str,  # names the set of training images, whatever their order
    "subset_policy": str,  # "independent" | "nested"
    "count": str,  # what N counts: "images" | "patients"
    "sampling": str,  # how batches of several sources are drawn: "proportional" | "balanced"
    "sources": str,  # of the training images, see `pooled`; "": there is one
    "updates": int,
    "batch_size": int,  # rows, with those that the strategy made; 0: nobody noted it
    "best_update": int,
    "stopped": str,
    "improved": bool,  # the last recorded training loss is below the first; true where only one was recorded
    "sees": str,
    "displacement_rms_px": float,  # of the strategy's own field; NaN: none
    "seconds": float,
    "structures": int,  # of the task
    "seeds_per_subset": int,  # seeds k i to k i + k - 1 share their subsets
    "code": str,  # names the code that decided the result; "" where nobody noted it
    "test_cases": int,  # images; 0: it diverged
    "both_empty": float,  # test masks, of all structures, of which truth and prediction are empty; NaN: unknown
    "one_empty": float,  # of which one of the two is; NaN: unknown
    "way": str,  # of predicting, see `by_way`; "none": the network alone
    "late_fall": float,  # of the training loss, see `trained_out`; NaN: unknown
}
_MEASURED_BEHIND = "count"
_WEIGHTS = ("best", "last")
_RANK = {measure.key: place for place, measure in enumerate(MEASURES)}
_VALIDATION = {  # its value that counts
    measure.key: min if measure.better == "lower" else max for measure in MEASURES if measure.part == "validation"
}


def trial_row(record: Record) -> Row:
    """Every column of `COLUMNS`, and one for each number that was measured; NaN where a number is null.

    These are `<key>_best` and `<key>_last`, the error's references by their names, the best values on validation,
    counts of test masks, see `collapse`, learned weights of layers, see `layer_weights`, and what a way of predicting
    costs, see `by_way`.
    Raises DataError naming the record where a column of `COLUMNS` cannot be had, or a number is none.
    """
    with naming(record):
        return _row(record)


@contextmanager
def naming(record: Record) -> Iterator[None]:
    """Raise DataError with the record's id where what is read of it in here is not there, or malformed."""
    try:
        yield
    except KeyError as error:
        raise DataError(file=f"record {record.get('id')}", problem=f"has no {error}", fix=REDO) from error
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise DataError(file=f"record {record.get('id')}", problem=f"is malformed ({error})", fix=REDO) from error


def in_order(names: Iterable[str]) -> list[str]:
    """All columns of `COLUMNS`, and those of these names that were measured, the same way whoever comes first."""
    fixed = list(COLUMNS)
    at = fixed.index(_MEASURED_BEHIND) + 1
    return [*fixed[:at], *sorted(set(names) - COLUMNS.keys(), key=_place), *fixed[at:]]


def _place(name: str) -> tuple[int, int, str]:
    """Scores of the best weights, of the last ones, references, validation; each as `measures` lists them."""
    key, _, weights = name.rpartition("_")
    if weights in _WEIGHTS:
        return _WEIGHTS.index(weights), _RANK.get(key.partition("/")[0], len(_RANK)), name
    if name in _RANK:
        return len(_WEIGHTS) + 1, _RANK[name], name
    return len(_WEIGHTS), not name.startswith("constant"), name


def _row(record: Record) -> Row:
    subset, training, history = record["subset"], record["training"], record["history"]
    protocol = record["config"].get("protocol", {})
    moved = record.get("augmentation") or {}
    row: Row = _measured(record["test"] or {}, record["reference"], history)
    row |= {name: _number(value) for name, value in {**weight_columns(record), **cost_columns(record)}.items()}
    row |= {name: str(record[name]) for name in _NAMES}
    row |= {name: int(record[name]) for name in PAIR}
    row |= {f"{name}_labels": int(record["labels"][name]) for name in ("training", "validation")}
    row |= {"overlap": bool(subset["overlap"]), "patients": int(subset["patients"]), "pool": int(subset["pool"])}
    row |= {"subset": _set_name(subset["ids"])}
    row |= {"subset_policy": protocol.get("subset", "independent"), "count": protocol.get("count", "images")}
    row |= {"sampling": protocol.get("sampling", "proportional"), "sources": sources_column(record)}
    row |= {name: int(training[name]) for name in ("updates", "best_update")}
    row |= {"batch_size": int(training.get("batch_size", 0))}
    row |= {"stopped": str(training["stopped"]), "improved": _improved(history["training_loss"])}
    row |= {"sees": ", ".join(record["sees"])}
    row |= {"displacement_rms_px": _number(moved.get("displacement_rms_px"))}
    row |= {"seconds": _number(record["run"]["seconds"]["total"])}
    row |= {"structures": len(record["form"]["structures"]) if "form" in record else 1}
    row |= {"seeds_per_subset": _from_one(protocol.get("seeds_per_subset", 1))}
    row |= {"code": str((record["run"].get("code") or {}).get("hash") or "")}
    row |= {"way": way_of(record)}
    return row | _masks(record) | {"late_fall": late_fall(history["update"], history["training_loss"])}


def _masks(record: Record) -> Row:
    """How often predicted and true masks are empty; nothing where the trial diverged, or was not asked."""
    totals, structures = record.get("hd95") or {}, record.get("form", {}).get("structures", ("",))
    row: Row = {"test_cases": len((record["cases"] or {"ids": ()})["ids"])}
    row |= {name: _number(totals.get(name)) for name in ("both_empty", "one_empty")}
    return row | (mask_columns(record["masks"], structures) if record.get("masks") else {})


def _measured(test: Record, reference: Record, history: Record) -> Row:
    row: Row = {
        f"{key}_{weights}": _number(value) for weights in _WEIGHTS for key, value in (test.get(weights) or {}).items()
    }
    row |= {name: _number(value) for name, value in reference.items()}
    for name in history.keys() & _VALIDATION.keys():
        values = [value for value in history[name] if value is not None]
        row[name] = _number(_VALIDATION[name](values, default=None))
    return row


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _from_one(value: int) -> int:
    if value < 1:
        raise ValueError(f"{value} is below 1")
    return int(value)


def _set_name(ids: list[str]) -> str:
    return sha256("\0".join(sorted(ids)).encode()).hexdigest()[:16]


def _improved(losses: list[float | None]) -> bool:
    if len(losses) == 1 and losses[0] is not None:
        return True  # nothing to compare it with: no evidence against the trial
    first, last = (losses[0], losses[-1]) if losses else (None, None)
    return last is not None and (first is None or last < first)
