"""A record as one flat row: what a fit, a comparison or a table reads of it."""

import math
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from segaug.errors import DataError

Row = dict[str, str | int | float | bool]
Record = Mapping[str, Any]  # JSON as `results/record.py` documents it

REDO = "delete it; the same `segaug train` command makes it again"
_NAMES = ("id", "task", "model", "strategy", "status", "dataset_hash", "protocol_hash")
_MEASURES = ("bce", "bce_recalibrated", "dice", "hd95")
_SCORES = {f"{measure}_{weights}": (weights, measure) for weights in ("best", "last") for measure in _MEASURES}
_REFERENCES = ("constant_bce", "constant_pool_bce", "atlas_bce", "atlas_dice")
COLUMNS: dict[str, type] = {
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
    **dict.fromkeys(_SCORES, float),  # NaN where the trial diverged
    **dict.fromkeys(_REFERENCES, float),
    "validation_bce": float,  # lowest
    "updates": int,
    "best_update": int,
    "stopped": str,
    "improved": bool,  # the last recorded training loss is below the first; true where only one was recorded
    "sees": str,
    "displacement_rms_px": float,  # of the strategy's own field; NaN: none
    "seconds": float,
}


def trial_row(record: Record) -> Row:
    """Every column of `COLUMNS`; raises DataError naming the record where one cannot be had."""
    try:
        return _row(record)
    except KeyError as error:
        raise DataError(file=f"record {record.get('id')}", problem=f"has no {error}", fix=REDO) from error
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise DataError(file=f"record {record.get('id')}", problem=f"is malformed ({error})", fix=REDO) from error


def _row(record: Record) -> Row:
    subset, training, history = record["subset"], record["training"], record["history"]
    protocol = record["config"].get("protocol", {})
    test = record["test"] or {}
    measured = record.get("augmentation") or {}
    row: Row = {name: str(record[name]) for name in _NAMES}
    row |= {name: int(record[name]) for name in ("size", "seed")}
    row |= {f"{name}_labels": int(record["labels"][name]) for name in ("training", "validation")}
    row |= {"overlap": bool(subset["overlap"]), "patients": int(subset["patients"]), "pool": int(subset["pool"])}
    row |= {"subset": _set_name(subset["ids"])}
    row |= {"subset_policy": protocol.get("subset", "independent"), "count": protocol.get("count", "images")}
    row |= {name: _number((test.get(weights) or {}).get(measure)) for name, (weights, measure) in _SCORES.items()}
    row |= {name: _number(record["reference"][name]) for name in _REFERENCES}
    validated = [value for value in history["validation_bce"] if value is not None]
    row["validation_bce"] = min(validated, default=math.nan)
    row |= {"updates": int(training["updates"]), "best_update": int(training["best_update"])}
    row |= {"stopped": str(training["stopped"]), "improved": _improved(history["training_loss"])}
    row |= {"sees": ", ".join(record["sees"])}
    row |= {"displacement_rms_px": _number(measured.get("displacement_rms_px"))}
    return row | {"seconds": _number(record["run"]["seconds"]["total"])}


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _set_name(ids: list[str]) -> str:
    return sha256("\0".join(sorted(ids)).encode()).hexdigest()[:16]


def _improved(losses: list[float | None]) -> bool:
    if len(losses) == 1 and losses[0] is not None:
        return True  # nothing to compare it with: no evidence against the trial
    first, last = (losses[0], losses[-1]) if losses else (None, None)
    return last is not None and (first is None or last < first)
