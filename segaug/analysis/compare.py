"""Paired differences: one strategy against another on the same seeds, that is the same subsets, weights and batches."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from segaug.analysis.metric import Metric
from segaug.analysis.table import Record, errors, trials
from segaug.errors import DataError

LEVEL = 0.95
_CELL = ["task", "model", "size"]


def paired_differences(records: Iterable[Record], metric: Metric, baseline: str) -> pd.DataFrame:
    """One row for each strategy and size that shares seeds with the baseline.

    Columns: task, model, strategy, size, pairs, dropped (pairs of which a trial diverged), baseline and error (means
    over the pairs), difference = error - baseline with its Student interval low..high (missing for a single pair), and
    rms_px, how far the strategy moves pixels.  Intervals are of one comparison each: nothing corrects for their number.
    """
    table = trials(records := list(records))
    table["error"] = errors(table, metric)
    table["rms_px"] = table["id"].map({record["id"]: _rms_px(record) for record in records})
    against = table[table["strategy"] == baseline]
    if against.empty:
        known = ", ".join(sorted(table["strategy"].unique()))
        raise DataError(
            file="study", problem=f"has no strategy {baseline!r}", fix=f"use --baseline with one of: {known}"
        )
    others = table[table["strategy"] != baseline]
    pairs = others.merge(against[[*_CELL, "seed", "error"]], on=[*_CELL, "seed"], suffixes=("", "_baseline"))
    groups = pairs.groupby(["task", "model", "strategy", "size"], sort=True)
    return pd.DataFrame([dict(zip(groups.keys, key, strict=True)) | _summary(group) for key, group in groups])


def _summary(pairs: pd.DataFrame) -> dict[str, Any]:
    whole = pairs.dropna(subset=["error", "error_baseline"])
    difference = (whole["error"] - whole["error_baseline"]).to_numpy()
    low = high = float("nan")
    if len(difference) > 1 and np.ptp(difference) > 0:
        low, high = stats.ttest_1samp(difference, 0).confidence_interval(LEVEL)
    return {
        "pairs": len(whole),
        "dropped": len(pairs) - len(whole),
        "baseline": whole["error_baseline"].mean(),
        "error": whole["error"].mean(),
        "difference": difference.mean() if len(difference) else float("nan"),
        "low": low,
        "high": high,
        "rms_px": pairs["rms_px"].mean(),
    }


def _rms_px(record: Record) -> float:
    measured = record.get("augmentation")
    return float(measured["displacement_rms_px"]) if measured else float("nan")
