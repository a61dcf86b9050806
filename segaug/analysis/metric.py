"""The error that curves are fitted to and strategies compared by: where it lies in a table of trials.

A table has a column for each number that its records hold; what none of them has measured is in no column.
"""

import pandas as pd

from segaug.measures import MEASURES, Quantity, cross_entropy
from segaug.results.states import ENDED

Metric = str  # name of an error, `Quantity.error`, as `measures.quantity` reads it


def column(table: pd.DataFrame, name: str | None) -> pd.Series:
    """A column of numbers; NaN everywhere where the table has none of this name."""
    return table[name] if name in table else pd.Series(float("nan"), index=table.index)


def error_of(quantity: Quantity, table: pd.DataFrame) -> pd.Series:
    """Error of the best checkpoint of each trial in the unit of the metric; NaN where it is not measured."""
    of_test = quantity.measure.part == "test"
    error: pd.Series = quantity.error_of(column(table, f"{quantity.key}_best" if of_test else quantity.key))
    return error


def constant_error_of(quantity: Quantity, table: pd.DataFrame) -> pd.Series:
    """Error of the best constant prediction; NaN where nothing is known of it, and for trials without a record."""
    if quantity.constant_error is None:
        return column(table, quantity.constant)
    return pd.Series(quantity.constant_error, index=table.index).where(table["status"].isin(ENDED))


def default_metrics(table: pd.DataFrame) -> dict[str, Metric]:
    """The metric of each task where none was asked for: the cross-entropy that its networks are trained by."""
    structures = column(table, "structures").groupby(table["task"]).max().fillna(1)
    return {str(task): cross_entropy(int(count)).error for task, count in structures.items()}


def measured_quantities(table: pd.DataFrame) -> list[Quantity]:
    """Whatever some converged trial has measured, of all structures together and of each, in the order of the list."""
    ok = table[table["status"] == "ok"]
    structures = sorted({name.removesuffix("_best").partition("/")[2] for name in map(str, ok)} - {""})
    asked = (Quantity(measure, structure) for measure in MEASURES for structure in ("", *structures))
    return [quantity for quantity in asked if error_of(quantity, ok).notna().any()]
