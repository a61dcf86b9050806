"""Whatever a name holds, its file lies in its folder, and no other name has the same."""

import unicodedata
from itertools import combinations
from pathlib import PureWindowsPath

import pytest

from segaug.file_name import file_name
from segaug.measures import BY_KEY, stem_of

PLAIN = [
    "curves_bce_phantom_thorax_nnunet", "curves_1-dice_blob(n=3)_nnunet", "1-dice_rv", "bce_against_baseline",
    "dice_0.9", "x" * 100, "_", "=",
]  # fmt: skip
ODD = [
    "", ".", "..", "/", "\\", "a/b", "a_b", "a\\b", "../../../../x", "/etc/passwd", "~", "~/x", ".hidden", "x.", "-rf",
    "--", " ", "a b", "a b ", "A", "a", "LV", "lv", "Lv", "con", "CON", "aux.txt", "nul", "com1.tar.gz", "lpt9", "x:y",
    "C:\\x", "a\0b", "a\nb", "\x1b[31m", "\ud800", "x" * 101, "x" * 300, "x" * 299 + "y", "肺", "\U0001f984" * 200,
    "é", "e\u0301", "É", "ß", "ss", "ﬁ", "fi", "İ", "i̇", "K", "k", "%2e%2e", "$(rm -rf)", "`id`", "*", "a~b",
    file_name("a/b"), file_name("A"),
]  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_name_stays_as_it_is(name):
    assert file_name(name) == name


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_an_odd_name_is_one_component_of_a_path_everywhere(name):
    found = file_name(name)
    assert found not in ("", ".", "..")
    assert not set(found) & {*'/\\:*?"<>|%$` ', *map(chr, range(32)), "\x7f"}
    assert found[0] not in ".-"
    assert found[-1] not in ". "
    assert len(found.encode()) <= 200
    assert PureWindowsPath(found).parts == (found,)
    assert found.partition(".")[0].lower() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


def test_no_two_names_share_a_file_wherever_it_lies():
    found = [unicodedata.normalize("NFKC", file_name(name)).casefold() for name in [*PLAIN, *ODD]]
    assert not [pair for pair in combinations(sorted(found), 2) if pair[0] == pair[1]]


def test_the_same_name_has_the_same_file():
    assert file_name("Größe") == file_name("Größe") != file_name("Grösse")


def test_a_measure_of_a_structure_is_told_from_every_other_measure():
    assert [stem_of(key) for key in ("dice/rv", "1-dice/rv", "bce", "error")] == [
        "dice_rv",
        "1-dice_rv",
        "bce",
        "error",
    ]
    structures = ("rv", "patient", "patient_x", "recalibrated", "a/b", "a_b")
    keys = [*BY_KEY, *(f"{key}/{structure}" for key in BY_KEY for structure in structures)]
    assert len({file_name(stem_of(key)) for key in keys}) == len(keys)
