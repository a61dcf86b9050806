"""Read a table that segaug did not write, and say where in it something is wrong."""

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pandas as pd

from segaug.analysis.foreign.sheet import PACKAGES, read_sheet
from segaug.analysis.foreign.text import read_text
from segaug.errors import DataError


def _read_parquet(path: Path) -> pd.DataFrame:
    """What pandas has noted in the file, such as an index, is left alone: it is no part of the table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            cells = file.metadata.num_rows * file.metadata.num_columns
            if cells > MAX_CELLS:  # a few bytes can stand for rows without end
                raise ValueError(f"it claims to have {cells:,} cells; {MAX_CELLS:,} can be read")
            table = file.read()
        table.validate(full=True)
        return table.to_pandas(ignore_metadata=True)
    except (pa.ArrowException, TypeError, LookupError, OverflowError, MemoryError) as error:
        raise ValueError(str(error) or type(error).__name__) from error


MAX_CELLS = 200_000_000
_TEXT, _SHEETS = (".csv", ".tsv", ".txt"), (".xlsx", ".ods")
_READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    **dict.fromkeys(_TEXT, read_text), **dict.fromkeys(_SHEETS, read_sheet), ".parquet": _read_parquet,
}  # fmt: skip
SUFFIXES = tuple(_READERS)


@dataclass(frozen=True, eq=False)
class ForeignFile:
    """A table and how to name its places; its index is 0, 1, ..., without the blank lines."""

    name: str
    frame: pd.DataFrame
    row_word: str
    first_row: int  # number of the first row, in the words of whoever opens the file
    headings: Mapping[str, str] = field(default_factory=dict)  # name of a column -> what the file calls it

    @property
    def stem(self) -> str:
        """What its only curve is called, where the table has no name for it."""
        return Path(self.name).stem

    def heading(self, column: str) -> str:
        """What the file calls a column."""
        return self.headings.get(column, column)

    def place(self, row: int) -> str:
        """Where a row lies, e.g. "line 2"."""
        return f"{self.row_word} {row + self.first_row}"

    def refuse(self, *, column: str = "", row: int | None = None, problem: str, fix: str) -> NoReturn:
        """Raise a DataError that names the place."""
        parts = [
            self.name,
            "" if row is None else self.place(row),
            f"column {self.heading(column)}" if column else "",
        ]
        raise DataError(file=", ".join(filter(None, parts)), problem=problem, fix=fix)


def read_file(source: pd.DataFrame | Path | str) -> ForeignFile:
    """A table at hand, or a file of one with a header: text, a spreadsheet or Parquet; it has at least one row."""
    if isinstance(source, pd.DataFrame):
        file = ForeignFile("table", source.reset_index(drop=True), "row", 0)
    else:
        path = Path(source)
        suffix = path.suffix.lower()
        word, first = ("line", 2) if suffix in _TEXT else ("row", 2 if suffix in _SHEETS else 0)
        file = ForeignFile(str(path), _read(path), word, first)
    if file.frame.empty:
        file.refuse(problem="has no row", fix="give a header and one row a trial")
    return file


def _read(path: Path) -> pd.DataFrame:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(SUFFIXES)
        raise DataError(file=path, problem="is no table that can be read", fix=f"save it as one of {known}")
    try:
        return reader(path).reset_index(drop=True).dropna(how="all")
    except pd.errors.EmptyDataError as error:
        raise DataError(file=path, problem="is empty", fix="give a header and one row a trial") from error
    except ImportError as error:
        package = PACKAGES[path.suffix.lower()]
        fix = f"pip install {package}, or save the table as .csv"
        raise DataError(file=path, problem=f"needs {package} to be read", fix=fix) from error
    except OSError as error:
        raise DataError(
            file=path, problem=f"cannot be read ({error.strerror or error})", fix="check name and permissions"
        ) from error
    except (ValueError, zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError) as error:
        raise DataError(  # that of pandas' parser, of the text's encoding, of pyarrow and of a packed file
            file=path, problem=f"cannot be parsed ({' '.join(str(error).split())})", fix="save it again"
        ) from error
