"""The error metrics that a curve can be fitted to; all of them fall towards zero as a model gets better."""

from typing import Literal, get_args

import pandas as pd

from segaug.results.case_errors import Measure

Metric = Literal["bce", "bce_recalibrated", "1-dice", "validation_bce"]  # the last one to choose settings by
METRICS: tuple[Metric, ...] = get_args(Metric)
MEASURES: dict[Metric, Measure] = {
    "bce": "bce",
    "bce_recalibrated": "bce_recalibrated",
    "1-dice": "dice",
}  # by test case


def error_of(metric: Metric, table: pd.DataFrame) -> pd.Series:
    """Error of the best checkpoint of each trial in the unit of the metric; NaN where it has none."""
    if metric == "1-dice":
        return 1 - table["dice_best"]
    return table["validation_bce"] if metric == "validation_bce" else table[f"{metric}_best"]


def constant_error_of(metric: Metric, table: pd.DataFrame) -> pd.Series:
    """Error of the best constant prediction: an empty mask for Dice; NaN on validation, where it is not measured."""
    if metric == "1-dice":
        return pd.Series(1.0, index=table.index)
    return table["constant_bce"] * (float("nan") if metric == "validation_bce" else 1.0)
