"""The trials of a study as one tidy table: a row a trial."""

from collections.abc import Iterable

import pandas as pd

from segaug.analysis.trials.divergence import status_by_rule
from segaug.errors import DataError
from segaug.results.by_way import by_way
from segaug.results.json_file import REDO
from segaug.results.keys import CURVE, TRIAL
from segaug.results.source import TrialSource
from segaug.results.states import ENDED
from segaug.results.trial_row import Record, in_order, trial_row


def trials(records: Iterable[Record]) -> pd.DataFrame:
    """One row a trial and way of predicting, by task, model, strategy, size, seed.

    The order of the records does not matter.  Columns: as `results.trial_row` makes them; status is "ok" or "diverged",
    by the rule of `divergence`.  Raises DataError where the trials of a curve cannot be compared with each other.
    """
    rows = [trial_row(one) for record in records for one in by_way(record)]
    return _checked(pd.DataFrame(rows, columns=in_order(set[str]().union(*rows))))


def study_trials(source: TrialSource) -> pd.DataFrame:
    """The same table of all finished trials of a study, wherever they are read from."""
    return _checked(source.trials())


def with_unfinished(table: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Add a row for each planned trial without a record: status "failed" or "missing", no values.

    planned: that of `results.planned`.  A trial that was asked for again with other options, before it had run, is not
    missing where the other one has a record: it is the same point of the same curve.
    """
    lacking = planned[~planned["id"].isin(table["id"])]
    lacking = lacking[~_places(lacking).isin(_places(table))]
    lacking = lacking.assign(status=lacking["failed"].map({True: "failed", False: "missing"})).drop(columns="failed")
    return pd.concat([table, lacking], ignore_index=True) if len(lacking) else table


def _places(table: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(table[[*TRIAL]])


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    if table.empty:
        raise DataError(
            file="study", problem="has no finished trial", fix="run `segaug train`, then look at `segaug status`"
        )
    table = table.sort_values([*TRIAL, "id"], ignore_index=True)
    for column in ("dataset_hash", "protocol_hash"):
        _refuse_mixed(table, column)
    _refuse_duplicates(table)
    _refuse_rows(table[~table["status"].isin(ENDED)], "has a status that is neither ok nor diverged")
    return table.assign(status=status_by_rule(table))


def _refuse_rows(bad: pd.DataFrame, problem: str) -> None:
    if len(bad):
        raise DataError(file=f"record {', '.join(bad['id'])}", problem=problem, fix=REDO)


def _refuse_mixed(table: pd.DataFrame, column: str) -> None:
    """One curve, one data set and one protocol: else its points are not one experiment."""
    mixed = table[table.groupby([*CURVE])[column].transform("nunique") > 1]
    if len(mixed):
        by_curve = mixed.groupby(_label(mixed))[column].unique()
        raise DataError(
            file="study",
            problem=f"mixes more than one {column} in " + _listed(by_curve),
            fix="train changed data or protocols under their own name=..., or delete the trials that are out of date",
        )


def _refuse_duplicates(table: pd.DataFrame) -> None:
    twice = table[table.duplicated([*TRIAL], keep=False)]
    if len(twice):
        cell = _label(twice) + " N=" + twice["size"].astype(str) + " seed " + twice["seed"].astype(str)
        raise DataError(
            file="study",
            problem="has more than one trial for " + _listed(twice.groupby(cell)["id"].unique()),
            fix="give each setting its own name=..., or delete the folder of the trial that is out of date",
        )


def _label(table: pd.DataFrame) -> pd.Series:
    return table["task"] + "/" + table["model"] + "/" + table["strategy"]


def _listed(by_curve: pd.Series) -> str:
    return "; ".join(f"{place} ({', '.join(values)})" for place, values in by_curve.items())
