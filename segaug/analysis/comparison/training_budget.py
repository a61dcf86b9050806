"""Pairs whose trials were not trained on as many rows at a time, or for as many updates: another reason to differ.

Of trials that were stopped early the updates are left out: there the protocol has decided how many were enough.
"""

from collections.abc import Iterator

import pandas as pd

from segaug.analysis.comparison.pair import Pair
from segaug.analysis.curves.notes import listed_sizes
from segaug.results.keys import PAIR

_COLUMNS = ("batch_size", "updates", "stopped")
_BEHIND = "part of the difference may come from that"


def budget_notes(pair: Pair) -> Iterator[str]:
    """With the numbers, and the sizes where they hold; nothing of tables that do not tell them."""
    tables = [curve.trials.table for curve in (pair.strategy, pair.baseline)]
    if not all(column in table for table in tables for column in _COLUMNS):
        return
    own, other = (table.loc[table["status"] == "ok", [*PAIR, *_COLUMNS]] for table in tables)
    both = own.merge(other, on=[*PAIR], suffixes=("", "_of_baseline"))
    noted = both[(both["batch_size"] > 0) & (both["batch_size_of_baseline"] > 0)]
    ran_out = both[(both["stopped"] == "budget") & (both["stopped_of_baseline"] == "budget")]
    for mine, its, sizes in _unlike(noted, "batch_size"):
        yield f"batches of {mine} rows against {its} of the baseline at N={sizes}: {_BEHIND}"
    for mine, its, sizes in _unlike(ran_out, "updates"):
        yield f"{mine} updates against {its} of the baseline at N={sizes}: {_BEHIND}"


def _unlike(pairs: pd.DataFrame, column: str) -> Iterator[tuple[int, int, str]]:
    """Two numbers that are not the same, and where: by the smallest size."""
    columns = [column, f"{column}_of_baseline"]
    unlike = pairs[pairs[columns[0]] != pairs[columns[1]]].sort_values("size")
    for _, rows in unlike.groupby(columns, sort=False):
        mine, its = (int(rows[name].iloc[0]) for name in columns)
        yield mine, its, listed_sizes(rows["size"].unique())
