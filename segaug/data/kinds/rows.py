"""What is known of an image before its files are looked up: its row of the table, or what its name says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from segaug.data.names import Names
from segaug.data.official import part_of
from segaug.data.table import read_table
from segaug.errors import ConfigError, DataError


@dataclass(frozen=True)
class Row:
    """One image."""

    id: str
    patient: str
    group: str
    site: str
    named_in: Path  # the table or folder that names the image
    part: str = ""  # official part of the split


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The columns of a table that describe images, by the options that name them; None: there is no such column."""

    id: str
    patient: str | None
    group: str | None
    site: str | None
    part: str | None = None

    def rows(
        self, table: Path, where: Mapping[str, list[str]], patient_pattern: str | None, names: Names, pad: int = 0
    ) -> list[Row]:
        """One row per image of a CSV file.  Raises where a column, a patient or a site is missing.

        names, pad: see `Names.of`.
        """
        read = read_table(table).where(where)
        ids = names.of(read.ids(self.id), table, pad)
        none = [""] * len(ids)
        if self.patient:
            patients = read.column(self.patient, "dataset.patient")
        else:
            patients = [patient_of(name, patient_pattern) for name in ids]
        groups = read.column(self.group, "dataset.group") if self.group else none
        sites = read.column(self.site, "dataset.site") if self.site else none
        words = read.column(self.part, "dataset.split.column") if self.part else none
        parts = [part_of(word, table) for word in words]
        for what, column, texts in (("patient", self.patient, patients), ("site", self.site, sites)):
            if column and "" in texts:
                problem = f"column {column!r} is empty for image {ids[texts.index('')]!r}"
                raise DataError(file=table, problem=problem, fix=f"fill in a {what} for every image")
        cells = zip(ids, patients, groups, sites, parts, strict=True)
        return [Row(name, patient, group, site, table, part) for name, patient, group, site, part in cells]


def rows_by_name(named_in: Path, names: Iterable[str], patient_pattern: str | None) -> list[Row]:
    """One row per name, where there is no table."""
    return [Row(name, patient_of(name, patient_pattern), "", "", named_in) for name in names]


def patient_of(name: str, pattern: str | None) -> str:
    """Patient of an image: what the pattern finds in its name; without a pattern, each is its own patient."""
    if pattern is None:
        return name
    match = re.search(pattern, name)
    if not match or not match[1]:
        problem = f"{pattern!r} finds no patient in {name!r}"
        raise ConfigError(key="dataset.patient_pattern", problem=problem, fix="correct it, or set it to null")
    return match[1]
