"""Addition curves from anywhere: a table of errors at k added images, judged by the same rule.

Columns: k (or N, from 0), error or a Dice by its name, curve, and seed where there are several trainings; as in
`foreign.table`.  Such a table tells nothing of the base alone, nor of how batches were drawn.
"""

from collections.abc import Mapping

import numpy as np

from segaug.analysis.addition.addition import one_curve
from segaug.analysis.addition.curve import AdditionCurve, Additions
from segaug.analysis.addition.family import Family, FamilyKey
from segaug.analysis.comparison.shared_grid import place
from segaug.analysis.foreign.file import read_file
from segaug.analysis.foreign.naming import read_columns
from segaug.analysis.foreign.synonyms import plain_name
from segaug.analysis.foreign.table import ForeignTable, Source, from_frame
from segaug.analysis.interval import RESAMPLES
from segaug.analysis.trials.curve_trials import CurveTrials, curves
from segaug.results.keys import CELL

_K = "k"


def with_k(source: Source, columns: str | Mapping[str, str] | None = None, *, nested: bool = False) -> ForeignTable:
    """The checked table; its column `k` is the number of added images, unless columns name another one."""
    if isinstance(source, ForeignTable):
        return source
    named = dict(read_columns(columns) if isinstance(columns, str) else columns or {})
    headings = [str(heading) for heading in read_file(source).frame.columns]
    at = [heading for heading in headings if plain_name(heading) == _K]
    if at and not {"n", "size"} & set(map(plain_name, named)):
        named["N"] = at[0]
    return from_frame(source, nested=nested, columns=named, smallest=0)


def addition_table(source: Source, resamples: int = RESAMPLES) -> Additions:
    """Every curve of a table; raises DataError naming file, row and column."""
    table = with_k(source)
    if table.trials.duplicated([*CELL]).any():
        table.refuse_unpaired()
    found = curves(table.trials)
    return Additions(tuple(_judged(curve, table, resamples) for curve in found), (), ())


def _judged(curve: CurveTrials, table: ForeignTable, resamples: int) -> AdditionCurve:
    columns, (placed,) = place([curve], table.cases, resamples)
    key = FamilyKey(curve.key.task, (), 0, curve.key.model, curve.key.strategy)
    nan = dict.fromkeys(map(int, columns), np.nan)
    return one_curve(Family(key, columns, {"proportional": placed}, None, {"proportional": nan}, {}), "proportional")
