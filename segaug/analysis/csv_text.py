"""Tables as comma-separated text that no spreadsheet takes for formulas.

A text cell that begins with = + - @ or the like gets an apostrophe before it, as spreadsheets mark text
(https://owasp.org/www-community/attacks/CSV_Injection); numbers stay numbers.  Names are read back by `unmarked`.
"""

import re

import pandas as pd
from pandas.api.types import is_numeric_dtype

from segaug.analysis.plain_json import DIGITS

_FORMULA = (
    "[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"  # the last four: their wide forms, which some spreadsheets take as well
)
_BEGINS = re.compile(f"'*{_FORMULA}")  # with marks that the text itself has, so that each text has a form of its own
_MARKED = re.compile(f"'+{_FORMULA}")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """The table with a header."""
    safe = table.rename(columns=_marked)
    for place, kind in enumerate(table.dtypes):
        if not is_numeric_dtype(kind):
            safe.isetitem(place, table.iloc[:, place].map(_marked).array)
    return safe.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n").encode()


def unmarked(cell: str) -> str:
    """What a cell of such a table stood for."""
    return cell[1:] if _MARKED.match(cell) else cell


def _marked(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and _BEGINS.match(cell) else cell
