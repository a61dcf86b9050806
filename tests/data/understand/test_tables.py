"""Columns are taken for what they hold, and not for their names alone."""

from pathlib import Path

import pytest

from segaug.data.understand.tables import Known, table_of
from segaug.data.understand.tree import walk

IDS = [f"{place:03}" for place in range(40)]


def _known(root: Path, column: str, cells: list[str]) -> Known:
    lines = [f"{name},{cell}" for name, cell in zip(IDS, cells, strict=True)]
    (root / "info.csv").write_text("\n".join([f"file,{column}", *lines]) + "\n")
    found = table_of(walk(root), {name: [] for name in IDS})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("group", ["ABCDE"[place % 5] for place in range(40)]),
        ("duplicate", ["yes" if place % 3 else "no" for place in range(40)]),
        ("dup_group", ["A" if place < 35 else str(place) for place in range(40)]),
        ("case", ["benign" if place % 2 else "malignant" for place in range(40)]),
    ],
)
def test_what_holds_something_else_is_seen_and_not_used(tmp_path: Path, column: str, cells: list[str]) -> None:
    found = _known(tmp_path, column, cells)
    assert not found.says
    assert f"the column {column} is not used" in found.told


@pytest.mark.parametrize("cells", [["the same"] * 40, [""] * 40])
def test_what_tells_nothing_is_passed_over(tmp_path: Path, cells: list[str]) -> None:
    found = _known(tmp_path, "site", cells)
    assert not found.says
    assert not found.passed


@pytest.mark.parametrize(
    ("column", "meaning", "cells"),
    [
        ("group", "group", [str(place // 2) for place in range(40)]),
        ("duplicate_group", "group", ["a"] * 6 + ["b"] * 2 + ["c"] * 2 + [""] * 30),
        ("case", "patient", [f"case {place // 4}" for place in range(40)]),
    ],
)
def test_what_it_is_called_is_used(tmp_path: Path, column: str, meaning: str, cells: list[str]) -> None:
    found = _known(tmp_path, column, cells)
    assert found.columns[meaning] == column
    assert not found.passed
