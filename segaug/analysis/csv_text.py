"""Tables as comma-separated text that no spreadsheet takes for formulas, and no terminal for commands.

A text cell that begins with = + - @ or the like gets an apostrophe before it, as spreadsheets mark text
(https://owasp.org/www-community/attacks/CSV_Injection); numbers stay numbers.  Names are read back by `unmarked`.
"""

import re

import pandas as pd
from pandas.api.types import is_numeric_dtype

from segaug.analysis.plain_json import DIGITS
from segaug.visible import visible

_FORMULA = (
    "[=+\\-@\t\n\uff1d\uff0b\uff0d\uff20]"  # the last four: their wide forms, which some spreadsheets take as well
)
_BEGINS = re.compile(f"'*{_FORMULA}")  # with marks that the text itself has, so that each text has a form of its own
_MARKED = re.compile(f"'+{_FORMULA}")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """The table with a header."""
    safe = table.rename(columns=_safe)
    for place, kind in enumerate(table.dtypes):
        column = table.iloc[:, place]
        if not is_numeric_dtype(kind) and any(_safe(cell) is not cell for cell in column.unique()):
            safe.isetitem(place, column.map(_safe).array)
    return safe.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n").encode()


def unmarked(cell: str) -> str:
    """What a cell of such a table stood for."""
    return cell[1:] if _MARKED.match(cell) else cell


def _safe(cell: object) -> object:
    """The cell itself where nothing of it is in question."""
    if not isinstance(cell, str):
        return cell
    shown = visible(cell)
    return f"'{shown}" if _BEGINS.match(shown) else shown
