"""What a table may call an image, and how it may be stored."""

import shutil
from unicodedata import normalize

import pytest

from segaug.errors import ConfigError, DataError


@pytest.fixture
def table(root, folder):
    """make(text, **options): ids of the cases where the table holds this; text may be bytes."""

    def make(text, **options):
        (root / "t.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        return [case.id for case in folder(**{"table": "t.csv", "patient_pattern": None, **options}).cases()]

    return make


@pytest.mark.parametrize(
    "written", ["p00_1", "p00_1.png", "images/p00_1.png", "C:\\data\\images\\p00_1.PNG", "./p00_1"]
)
def test_file_names_and_paths_are_the_image_they_end_in(table, written):
    assert table(f"id\n{written}\n") == ["p00_1"]


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_names_are_the_same_in_both_forms_of_characters(table, root, forms):
    for part in ("images", "masks"):
        shutil.copy(root / part / "p00_1.png", root / part / f"{normalize(forms[0], 'Jörg')}.png")
    (found,) = table(f"id\n{normalize(forms[1], 'Jörg')}\n")
    assert normalize("NFC", found) == "Jörg"


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_image_and_mask_are_the_same_in_both_forms(folder, root, forms):
    for part, form in zip(("images", "masks"), forms, strict=True):
        (root / part / "p00_1.png").rename(root / part / f"{normalize(form, 'p00_ö')}.png")
    assert len(folder().cases()) == 24


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_read_from_the_header(table, separator):
    text = f"id,subject,{separator}\n".replace(f",{separator}", "").replace(",", separator)
    rows = "".join(f"p0{i}_0{separator}s{i}\n" for i in range(3))
    assert table("﻿" + text + rows, patient="subject") == ["p00_0", "p01_0", "p02_0"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,x\np00_0,1\n".encode("utf-16"), r"t\.csv: is stored as UTF-16; save it as UTF-8 text with commas"),
        (b"PK\x03\x04", r"t\.csv: is a workbook, no text"),
        ("id;a\tb\np00_0;1\t2\n", r"t\.csv: has both semicolons and tabs in its header"),
        ("id\np00_0\np00_0.png\n", r"t\.csv: rows 'p00_0' and 'p00_0\.png' both mean the image p00_0"),
        ("name;id,x\np00_0,1\n", r"id_column: .* has no column 'id': its header mixes separators"),
    ],
)
def test_other_tables_are_named(table, text, message):
    with pytest.raises((DataError, ConfigError), match=message):
        table(text)


def test_lost_zeros_are_asked_for_and_filled_in(table, root):
    for number in range(9, 12):
        for part in ("images", "masks"):
            (root / part / f"p00_{number % 2}.png").rename(root / part / f"{number:04}.png") if number < 11 else None
    with pytest.raises(DataError, match=r"t\.csv: calls 9 what is 0009 among .*; type dataset\.id_pad=4"):
        table("id\n9\n10\np03_0\n")
    assert table("id\n9\n10\np03_0\n", id_pad=4) == ["0009", "0010", "p03_0"]


def test_zeros_are_not_offered_where_they_do_not_fit_all(table, root):
    for part in ("images", "masks"):
        (root / part / "p00_0.png").rename(root / part / "0009.png")
    with pytest.raises(DataError, match=r"there is no 10\.\* in"):
        table("id\n10\n9\n")
