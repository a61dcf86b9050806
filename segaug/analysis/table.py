"""Records as one tidy table: a row a trial."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from segaug.analysis.metric import Metric
from segaug.errors import DataError

CURVE = ["task", "model", "strategy"]
_MEASURES = ("bce", "bce_recalibrated", "dice", "hd95")
_CHECKPOINTS = ("best", "last")
_REFERENCES = ("constant_bce", "constant_pool_bce", "atlas_bce", "atlas_dice")
_REDO = "delete it; the same `segaug train` command makes it again"
Record = Mapping[str, Any]  # JSON as `results/record.py` documents it


def trials(records: Iterable[Record]) -> pd.DataFrame:
    """One row a trial, by task, model, strategy, size, seed; the order of the records does not matter.

    Test errors are named <measure>_<checkpoint>, e.g. bce_best; missing where a trial diverged.
    Raises DataError where the trials of a curve cannot be compared with each other.
    """
    table = pd.DataFrame([_row(record) for record in records])
    if table.empty:
        raise DataError(
            file="study", problem="has no finished trial", fix="run `segaug train`, then look at `segaug status`"
        )
    table = table.sort_values([*CURVE, "size", "seed", "id"], ignore_index=True)
    for column in ("dataset_hash", "protocol_hash"):
        _refuse_mixed(table, column)
    _refuse_duplicates(table)
    _refuse_rows(table[~table["status"].isin(["ok", "diverged"])], "has a status that is neither ok nor diverged")
    return table


def errors(table: pd.DataFrame, metric: Metric) -> pd.Series:
    """Error of the best checkpoint of each trial in the unit of the metric; missing where it diverged."""
    columns = {"1-dice": 1 - table["dice_best"], "validation_bce": table["validation_bce"]}
    error = columns[metric] if metric in columns else table[f"{metric}_best"]
    _refuse_rows(table[(table["status"] == "ok") & error.isna()], f"is ok but has no {metric}")
    return error


def _row(record: Record) -> dict[str, object]:
    try:
        row = {key: record[key] for key in ("id", *CURVE, "size", "seed", "status", "dataset_hash", "protocol_hash")}
        row |= {f"{name}_labels": int(record["labels"][name]) for name in ("training", "validation")}
        row |= {"overlap": bool(record["subset"]["overlap"]), "patients": record["subset"]["patients"]}
        for checkpoint in _CHECKPOINTS:
            means = (record["test"] or {}).get(checkpoint) or {}
            row |= {f"{measure}_{checkpoint}": _number(means.get(measure)) for measure in _MEASURES}
        row |= {name: _number(record["reference"][name]) for name in _REFERENCES}
        row["validation_bce"] = min(filter(None, record["history"]["validation_bce"]), default=float("nan"))
        row |= {name: record["training"][name] for name in ("updates", "best_update", "stopped")}
    except KeyError as error:
        raise DataError(file=f"record {record.get('id')}", problem=f"has no {error}", fix=_REDO) from error
    return row


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _refuse_rows(bad: pd.DataFrame, problem: str) -> None:
    if len(bad):
        raise DataError(file=f"record {', '.join(bad['id'])}", problem=problem, fix=_REDO)


def _refuse_mixed(table: pd.DataFrame, column: str) -> None:
    """One curve, one data set and one protocol: else its points are not one experiment."""
    mixed = table[table.groupby(CURVE)[column].transform("nunique") > 1]
    if len(mixed):
        found = mixed.groupby(_label(mixed))[column].unique()
        raise DataError(
            file="study",
            problem=f"mixes more than one {column} in " + _listed(found),
            fix="train changed data or protocols under their own name=..., or delete the trials that are out of date",
        )


def _refuse_duplicates(table: pd.DataFrame) -> None:
    twice = table[table.duplicated([*CURVE, "size", "seed"], keep=False)]
    if len(twice):
        cell = _label(twice) + " N=" + twice["size"].astype(str) + " seed " + twice["seed"].astype(str)
        raise DataError(
            file="study",
            problem="has more than one trial for " + _listed(twice.groupby(cell)["id"].unique()),
            fix="give each setting its own name=..., or delete the folder of the trial that is out of date",
        )


def _label(table: pd.DataFrame) -> pd.Series:
    return table["task"] + "/" + table["model"] + "/" + table["strategy"]


def _listed(found: pd.Series) -> str:
    return "; ".join(f"{place} ({', '.join(values)})" for place, values in found.items())
