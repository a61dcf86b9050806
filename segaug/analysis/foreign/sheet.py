"""Tables in spreadsheets: the one sheet that holds something, its first row the names of the columns."""

import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from segaug.errors import DataError

PACKAGES = {".xlsx": "openpyxl", ".ods": "odfpy"}  # what has to be installed
MAX_BYTES = 400_000_000  # unpacked
MAX_CELLS = 20_000_000
_REPEATED = re.compile(rb'number-(?:columns|rows)-repeated="(\d+)"')
_MOST_REPEATED = 2**20  # rows of a sheet
_DAMAGED = (  # what the readers make of a damaged file; a SyntaxError is that of its XML
    SyntaxError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError, AssertionError, RecursionError,
    zlib.error,
)  # fmt: skip


def read_sheet(path: Path) -> pd.DataFrame:
    """Raises ImportError where the reader is not installed, DataError or ValueError where it is no table."""
    rows = _xlsx if path.suffix.lower() == ".xlsx" else _ods
    _refuse_bomb(path)
    try:
        sheets = {name: table for name, table in rows(path).items() if table}
    except _DAMAGED as error:
        raise ValueError(str(error) or type(error).__name__) from error
    if len(sheets) > 1:
        problem = f"has {len(sheets)} sheets that hold something: {', '.join(sheets)}"
        raise DataError(file=path, problem=problem, fix="keep one, or save it as .csv")
    if not sheets:
        raise pd.errors.EmptyDataError("no cell is filled")
    ((header, *body),) = sheets.values()
    width = max(map(len, (header, *body)))
    names = [str(name).strip() if name is not None else "" for name in _filled(header, width)]
    frame = pd.DataFrame([_filled(row, width) for row in body], columns=range(width), dtype=object)
    return frame.where(frame.notna(), None).set_axis(names, axis=1)


def _xlsx(path: Path) -> dict[str, list[list[Any]]]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        return {sheet.title: _rows(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    finally:
        book.close()


def _ods(path: Path) -> dict[str, list[list[Any]]]:
    sheets = pd.read_excel(path, engine="odf", sheet_name=None, header=None, dtype=object)
    return {
        str(name): _rows(frame.astype(object).where(frame.notna(), None).to_numpy().tolist())
        for name, frame in sheets.items()
    }


def _rows(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Without the empty cells behind the last one of a row, and the empty rows behind the last one."""
    trimmed: list[list[Any]] = []
    cells = 0
    for row in islice(rows, MAX_CELLS):
        kept = list(row)
        while kept and (kept[-1] is None or kept[-1] == ""):
            kept.pop()
        cells += len(kept)
        if cells > MAX_CELLS:
            raise ValueError(f"it has more than {MAX_CELLS:,} cells")
        trimmed.append(kept)
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return trimmed


def _filled(row: Sequence[Any], width: int) -> list[Any]:
    return [None if cell == "" else cell for cell in row] + [None] * (width - len(row))


def _refuse_bomb(path: Path) -> None:
    """A spreadsheet is a ZIP file: a few bytes can stand for cells without end."""
    with zipfile.ZipFile(path) as packed:
        size = sum(member.file_size for member in packed.infolist())
        if size > MAX_BYTES:
            raise ValueError(f"it unpacks to {size / 1e6:,.0f} MB; {MAX_BYTES / 1e6:.0f} MB can be read")
        if path.suffix.lower() == ".ods" and "content.xml" in packed.namelist():
            repeats = map(int, _REPEATED.findall(packed.read("content.xml")))
            if max(repeats, default=0) > _MOST_REPEATED:
                raise ValueError("it repeats a cell more often than a sheet has rows")
