"""The error metrics that a curve can be fitted to; all of them fall towards zero as a model gets better."""

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:  # a command's help needs the names alone
    import pandas as pd

    from segaug.results.case_errors import Measure

Metric = Literal["bce", "bce_recalibrated", "1-dice", "validation_bce"]  # the last one to choose settings by
METRICS: tuple[Metric, ...] = get_args(Metric)
MEASURES: "dict[Metric, Measure]" = {  # by test case
    "bce": "bce",
    "bce_recalibrated": "bce_recalibrated",
    "1-dice": "dice",
}


def error_of(metric: Metric, table: "pd.DataFrame") -> "pd.Series":
    """Error of the best checkpoint of each trial in the unit of the metric; NaN where it has none."""
    if metric == "1-dice":
        return 1 - table["dice_best"]
    return table["validation_bce"] if metric == "validation_bce" else table[f"{metric}_best"]


def constant_error_of(metric: Metric, table: "pd.DataFrame") -> "pd.Series":
    """Error of the best constant prediction.

    For Dice that of an empty mask, 1: a constant below one half is one.  NaN on validation, where it is not measured.
    """
    known = table["constant_bce"]
    if metric == "1-dice":
        return known.where(known.isna(), 1.0)
    return known.where(known.isna()) if metric == "validation_bce" else known
