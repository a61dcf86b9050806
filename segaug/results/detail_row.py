"""What a page and a forecast read of a record beside its `trial_row`, as one row: settings, parts of its time, history.

Settings are what many trials have in common.  They are one JSON text, so that trials that share them share one object:

    protocol, options    of config: how it was trained, and of the strategy
    side                 of the network's image [px]; null where nobody noted it
    allowed              "sees" of the record
    saw                  part of the data -> images and patients; nothing where nobody counted them
    learned              before training, with its health
    learning_cpu_seconds null where nobody measured them
    structure_names      one without a name in records that do not say them
    units                key of a measure -> its unit, of those that may have one or the other
    warnings, device, versions, parameters
    code_version         release of the code; null in records that do not name their code

What is told of images that the strategy has made is one JSON text as well, null of strategies that make none:

    bank                 of the record, and beside it
    used                 of the images, how many stood in a batch
    batch_size           rows trained on at a time

So are the policies that a strategy has learned, null of those that learn none:

    policies             of the record, as far as `policies_text` has room for them

learning_cpu_seconds_each, of the kinds of what was learned, is one JSON text too; "{}" where nobody measured them.
"""

import math
from collections.abc import Mapping
from typing import Any

import orjson

from segaug.measures import MEASURES
from segaug.results.policies import policies_text
from segaug.results.store import Json
from segaug.results.trial_row import naming

PHASES = ("data", "prepare", "augmentation", "network", "other")  # of the time of a trial
MOVED = ("displacement_p95_px", "min_jacobian", "folded_share")  # of the strategy's own field, beside its rms
NUMBERS = (*MOVED, *(f"seconds_{phase}" for phase in PHASES), "logit_scale")  # NaN: not measured, or none
_IN_EITHER_UNIT = tuple(measure.key for measure in MEASURES if " or " in measure.unit)


def detail_row(record: Json) -> Json:
    """`settings`, `NUMBERS`, `update`, and each validation measure.

    Raises DataError naming the record where any of it is malformed.
    """
    with naming(record):
        return _row(record)


def _row(record: Json) -> Json:
    history, moved, seconds = record["history"], record.get("augmentation") or {}, record["run"]["seconds"]
    numbers = {name: moved.get(name) for name in MOVED}
    numbers |= {f"seconds_{phase}": seconds.get(phase) for phase in PHASES}
    numbers |= {"logit_scale": (record["recalibration"] or {}).get("scale")}
    row: Json = {name: math.nan if value is None else float(value) for name, value in numbers.items()}
    row |= {"id": str(record["id"]), "settings": orjson.dumps(_settings(record)).decode(), "bank": _bank(record)}
    row |= {"policies": policies_text(record)}
    row |= {"learning_cpu_seconds_each": orjson.dumps(_object(record["run"].get("learning_cpu_seconds_each"))).decode()}
    row |= {"update": [int(at) for at in history["update"]]}
    for name, values in history.items():
        if name.startswith("validation_"):
            row[name] = [None if value is None else float(value) for value in values]
    return row


def _settings(record: Json) -> Json:
    config, run = record["config"], record["run"]
    return {
        "protocol": _object(config.get("protocol")),
        "options": _object(config.get("augment")),
        "side": _object(config.get("dataset")).get("size") or _side(record),
        "allowed": [str(what) for what in record["sees"]],
        "saw": {str(part): _object(counts) for part, counts in _object(record.get("saw")).items()},
        "learned": list(record.get("learned", ())),
        "learning_cpu_seconds": run.get("learning_cpu_seconds"),
        "structure_names": [str(name) for name in record.get("form", {}).get("structures", [""])],
        "units": {key: str(record[key]["unit"]) for key in _IN_EITHER_UNIT if record.get(key)},
        "warnings": [str(text) for text in record["warnings"]],
        "device": str(run["device"]),
        "versions": _object(run["versions"]),
        "parameters": int(record["training"]["parameters"]),
        "code_version": (run.get("code") or {}).get("version"),
    }


def _bank(record: Json) -> str | None:
    if not (bank := _object(record.get("bank"))):
        return None
    synthetic = _object(_object(record.get("images")).get("synthetic"))
    beside = {"used": synthetic.get("used"), "batch_size": record["training"].get("batch_size")}
    return orjson.dumps({**bank, **beside}).decode()


def _side(record: Json) -> int | None:
    """Of a pooled task, which has the size of its sources."""
    sides = {int(side) for side in record.get("form", {}).get("size", ())}
    return sides.pop() if len(sides) == 1 else None


def _object(value: Any) -> Mapping[str, Any]:  # Any: JSON
    if not isinstance(value or {}, Mapping):
        raise TypeError(f"{value!r} is no object")
    return value or {}
