"""A table that lies beside images: which columns name the image, its patient, its site, near copies, its part."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from statistics import median

from segaug.data.names import Names
from segaug.data.official import WORDS
from segaug.data.table import Table, read_table
from segaug.data.understand.tree import Name, Tree
from segaug.errors import UserError

COLUMNS = {
    "patient": ("patient", "patientid", "subject", "subjectid", "subj", "case", "caseid", "pid", "participant",
                "participantid", "person", "child", "animal", "patientname"),
    "site": ("site", "hospital", "centre", "center", "scanner", "institution", "laboratory"),
    "group": ("dupgroup", "duplicate", "duplicategroup", "copygroup", "group"),
    "part": ("part", "split", "set", "partition", "subset", "fold"),
}  # fmt: skip
"""What columns may be called, without signs between words."""
_COPIES = 4  # of an image, as many as are usual
_MOST_TABLES = 20  # tables that are looked into


@dataclass(frozen=True)
class Known:
    """What a table says: rows of every image that is in both; columns by their meaning."""

    path: str
    columns: Mapping[str, str]  # meaning -> column
    rows: dict[str, dict[str, str]]  # id of the image -> meaning -> text
    whole: bool  # it names each image once and nothing else, so that it can be used as it is
    passed: tuple[str, ...] = ()  # columns that are called like one of these meanings, and hold something else: why

    @property
    def says(self) -> bool:
        """Does it tell anything besides names?"""
        return len(self.columns) > 1

    @property
    def told(self) -> str:
        """One sentence."""
        named = ", ".join(f"{column} ({meaning})" for meaning, column in self.columns.items())
        return "; ".join([f"{self.path} names {len(self.rows)} images", f"columns used: {named}", *self.passed])

    def without(self, meaning: str) -> "Known":
        """The same, with nothing said of this."""
        columns = {key: column for key, column in self.columns.items() if key != meaning}
        rows = {image: {key: row[key] for key in row if key != meaning} for image, row in self.rows.items()}
        return replace(self, columns=columns, rows=rows)


def table_of(tree: Tree, ids: Mapping[str, Sequence[Path]]) -> Known | None:
    """The table that names most of the images, at least nine of ten; None where there is none."""
    found = [known for name in tree.of([".csv"])[:_MOST_TABLES] if (known := _known(tree, name, ids))]
    return max(found, key=lambda known: len(known.rows), default=None)


def _known(tree: Tree, name: Name, ids: Mapping[str, Sequence[Path]]) -> Known | None:
    try:
        table = read_table(tree.file(name))
    except UserError:
        return None  # it stands among what was not used
    names = Names(ids)
    best: tuple[str, dict[str, str]] = ("", {})
    for column in table.columns:
        cells = [row[column] for row in table.rows]
        if len(set(cells)) == len(cells) and len(named := _named(cells, names, ids)) > len(best[1]):
            best = column, named
    column, named = best
    if len(named) < 0.9 * len(ids):
        return None
    meanings, passed = _meanings(table, column)
    columns = {"id": column} | meanings
    rows = {
        named[row[column]]: {meaning: row[own] for meaning, own in columns.items() if meaning != "id"}
        for row in table.rows
        if row[column] in named
    }
    whole = len(rows) == len(ids) == len(table.rows) and all(cell in ids for cell in named)
    return Known(name.path, columns, rows, whole, passed)


def _named(cells: Sequence[str], names: Names, ids: Mapping[str, Sequence[Path]]) -> dict[str, str]:
    """Cell -> image; zeros that a spreadsheet took away are put back where that makes images of all."""
    for width in (0, *sorted({len(PurePosixPath(name).name) for name in ids})):
        found: dict[str, str] = {}
        for cell in cells:
            try:
                image = names.of([cell.zfill(width)], Path(), 1)[0]
            except UserError:
                continue
            if image in ids:
                found[cell] = image
        if found:
            return found if len(set(found.values())) == len(found) else {}
    return {}


def _meanings(table: Table, taken: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Columns by what they mean, and why others are not used that are called so."""
    meanings: dict[str, str] = {}
    passed = []
    for meaning, known in COLUMNS.items():
        for column in table.columns:
            plain = "".join(letter for letter in column.lower() if letter.isalnum())
            cells = [row[column].strip() for row in table.rows]
            if plain not in known or column == taken or meaning in meanings or not _fits(meaning, cells):
                continue
            if why := _other(meaning, plain, cells):
                said = f"--set table=FILE.csv --set id_column={taken} --set {meaning}={column}"
                passed.append(f"the column {column} is not used: {why} (if it does tell the {meaning}, type {said})")
            else:
                meanings[meaning] = column
    return meanings, tuple(passed)


def _fits(meaning: str, cells: Sequence[str]) -> bool:
    if meaning == "part":
        return all(cell.lower() in WORDS for cell in cells if cell) and any(cells)
    if meaning == "group":
        return any(cells)
    return all(cells) and len(set(cells)) > 1


def _other(meaning: str, plain: str, cells: Sequence[str]) -> str:
    """Why a column that is called like this holds something else; "" where it does not."""
    if meaning == "group":
        return _large(Counter(cell for cell in cells if cell), len(cells))
    if plain == "case" and not any(letter.isdigit() for cell in cells for letter in cell):
        return "its texts hold no digit, and so are classes rather than patients"
    return ""


def _large(groups: Counter[str], images: int) -> str:
    """Why these are no groups of near copies: these are small, and most images have none, or none is large."""
    alone = images - groups.total()
    few_each = median(groups.values()) <= _COPIES
    if few_each and (alone >= images / 3 or max(groups.values()) <= max(_COPIES, images / 10)):
        return ""
    largest, count = groups.most_common(1)[0]
    return f"groups of up to {count} images ({largest}) are too large for near copies"
