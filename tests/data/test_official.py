"""Parts of the split that the publisher of a set has named, and sizes that fit few patients."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segaug.data.fitting import few_left, fitting_sizes, too_few_left
from segaug.data.official import part_of
from segaug.data.split import PARTS, split
from segaug.data.task import Case, SplitSizes
from segaug.errors import ConfigError, DataError
from tests.data.small_sets import case

SIZES = SplitSizes(min_validation=2, max_external=3)


def named(parts: str) -> list[Case]:
    """One case a letter: t(rain), v(alidation), e (test), or - for an open one."""
    words = {"t": "train", "v": "validation", "e": "test", "-": ""}
    return [replace(case(f"i{place:03}"), part=words[letter]) for place, letter in enumerate(parts)]


@settings(max_examples=25)
@given(st.text("tve-", min_size=30, max_size=80))
def test_named_parts_are_taken_as_they_are(letters):
    if not {"t", "v", "e"} <= set(letters) or letters.count("t") + letters.count("-") < 10:
        return
    cases = named(letters)
    parts = split(cases, SIZES)
    assert parts.test == tuple(row for row, letter in enumerate(letters) if letter == "e")
    assert parts.validation == tuple(row for row, letter in enumerate(letters) if letter == "v")
    assert len(parts.external) == 3
    assert sorted(row for name in PARTS for row in getattr(parts, name)) == list(range(len(cases)))


@pytest.mark.parametrize("letters", ["t" * 40 + "e" * 10, "t" * 40 + "v" * 10, "-" * 45 + "v" * 5])
def test_what_is_left_open_is_cut_from_the_training_part(letters):
    parts = split(named(letters), SIZES)
    assert all(getattr(parts, name) for name in PARTS)
    for name, letter in (("test", "e"), ("validation", "v")):
        if letter in letters:
            assert {letters[row] for row in getattr(parts, name)} == {letter}
    assert {letters[row] for row in (*parts.pool, *parts.external)} <= {"t", "-"}


def test_a_patient_in_two_parts_is_refused_by_name():
    cases = [replace(one, patient="p7") if one.id in ("i000", "i049") else one for one in named("t" * 40 + "e" * 10)]
    with pytest.raises(
        DataError, match=r"i0\d\d: is in the official part t.*, and i0\d\d in t.*both are of patient p7;"
    ):
        split(cases, SIZES)


def test_target_sites_and_official_parts_are_refused_together():
    with pytest.raises(ConfigError, match=r"split\.target: names sites .*; set 'dataset\.split\.target=\[\]', or"):
        split(named("t" * 40 + "e" * 10), replace(SIZES, target=["A"]))


def test_words_of_publishers():
    words = {"train": "Train training TRAINING", "validation": "val valid Validation dev", "test": "test Testing"}
    assert all(part_of(word, "t.csv") == part for part, known in words.items() for word in known.split())
    assert part_of("", "t.csv") == ""
    with pytest.raises(DataError, match=r"t\.csv: 'fold 1' is no part of a split; write one of train, training"):
        part_of("fold 1", "t.csv")


def test_a_column_names_the_parts(root, folder):
    rows = [f"p{i // 2:02}_{i % 2},{('Training', 'TEST', '')[i // 2 % 3]}" for i in range(24)]
    (root / "t.csv").write_text("\n".join(["id,set", *rows]))
    dataset = folder(table="t.csv", split=SplitSizes(min_validation=2, column="set"))
    cases = dataset.cases()
    parts = split(cases, dataset.split)
    assert {cases[row].patient for row in parts.test} == {"p01", "p04", "p07", "p10"}
    with pytest.raises(ConfigError, match=r"dataset\.split\.column: names columns, but there is no table"):
        folder(split=SplitSizes(column="set")).cases()


@settings(max_examples=25)
@given(st.integers(7, 120), st.integers(1, 6))
def test_fitting_sizes_leave_something_to_train_on(patients, each):
    cases = [case(f"i{patient}_{image}", f"p{patient:03}") for patient in range(patients) for image in range(each)]
    parts = split(cases, fitting_sizes(patients, len(cases)))
    assert len(parts.pool) >= max(4, len(parts.validation))
    assert parts.test
    assert parts.validation


def test_fitting_sizes_of_many_patients_are_the_usual_ones():
    assert fitting_sizes(104, 104) == fitting_sizes(45, 805) == SplitSizes()


def test_too_few_left_says_what_to_type():
    cases = [case(f"i{place}", f"p{place}") for place in range(28)]
    parts = split(cases, SplitSizes())
    (told,) = too_few_left(cases, parts, SplitSizes())
    assert str(told) == (
        "dataset.split: test 7, validation 16, external 4: 1 left to train on; "
        "type dataset.split.min_validation=4 dataset.split.max_external=0"
    )
    better = SplitSizes(min_validation=4, max_external=0)
    assert too_few_left(cases, split(cases, better), better) == []
    assert few_left(cases, split(cases, better), better) == []


def test_less_to_train_on_than_to_validate_on_is_remarked():
    cases = [case(f"i{place}", f"p{place}") for place in range(44)]
    parts = split(cases, SplitSizes())
    assert len(parts.pool) < len(parts.validation)
    assert "10 left to train on; type dataset.split.min_validation=" in few_left(cases, parts, SplitSizes())[0]
    assert too_few_left(cases, parts, SplitSizes()) == []


def test_where_these_sizes_are_set_already_patients_are_missing():
    cases = [case(f"i{place}", f"p{place}") for place in range(5)]
    sizes = SplitSizes(min_validation=1, max_external=0)
    assert "3 left to train on; add patients" in str(too_few_left(cases, split(cases, sizes), sizes)[0])
