"""Tables without seeds: rows of one curve and one N are repeats of a trial."""

import pandas as pd

from segaug.analysis.foreign.naming import KEY, Named
from segaug.results.keys import CELL, CURVE


def numbered_repeats(named: Named, rows: pd.DataFrame) -> pd.Series:
    """A number for each repeat, unlike in all curves, so that nothing is paired that the table does not pair.

    rows: curves and sizes.  Raises DataError where other columns may tell the rows apart.
    """
    file = named.file
    if "case" in file.frame:
        file.refuse(
            problem="has a column case and none for the seed: which rows are one trial is not known",
            fix=f"name its column: {KEY} seed=...",
        )
    repeat = rows.groupby([*CELL]).cumcount()
    if repeat.any() and not named.told:
        _refuse_other_factors(named)
    most = repeat.groupby([rows[name] for name in CURVE]).max() + 1
    first = (most.cumsum() - most).rename("first")
    return repeat + rows[[*CURVE]].merge(first, left_on=[*CURVE], right_index=True, how="left")["first"]


def _refuse_other_factors(named: Named) -> None:
    """A column of few different values is how somebody tells curves or seeds apart: it must not be pooled over."""
    factors = [name for name, place in named.others.items() if _is_factor(named.unnamed.frame.iloc[:, place])]
    if factors:
        size, error = (named.file.heading(key) for key in ("size", "error"))
        named.file.refuse(
            problem=f"has several rows of one N, no seed, and columns that may tell them apart: {', '.join(factors)}",
            fix=f"say what they are, {KEY} curve={factors[0]} or seed={factors[0]}; or that they are nothing, {KEY} "
            f"N={size},error={error}",
        )


def _is_factor(values: pd.Series) -> bool:
    return 1 < values.nunique(dropna=False) <= len(values) / 2
