import dataclasses
import random
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaug.data.split import PARTS, groups, leaks, split
from segaug.data.task import Case, SplitSizes
from segaug.errors import ConfigError
from tests.data.small_sets import case

ANY_CASES = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(["", "", "", "x", "y", "z"])), min_size=40, max_size=200
).map(lambda drawn: [case(f"i{i:03}", f"p{patient}", group) for i, (patient, group) in enumerate(drawn)])
SIZES = SplitSizes(min_validation=2)


def singles(count: int) -> list[Case]:
    return [case(f"i{i:04}") for i in range(count)]


def named(cases: list[Case], part: tuple[int, ...]) -> set[str]:
    return {cases[row].id for row in part}


@given(ANY_CASES)
def test_parts_are_disjoint_by_patient_and_group_and_leave_nothing_out(cases):
    try:
        parts = split(cases, SIZES)
    except ConfigError:  # one huge group: nothing left for the pool
        assert max(map(len, groups(cases))) > 0.2 * len(cases)
        return
    sides = [getattr(parts, name) for name in PARTS]
    assert sorted(row for side in sides for row in side) == list(range(len(cases)))
    for key in ("patient", "duplicate_group"):
        values = [{getattr(cases[row], key) for row in side} - {""} for side in sides]
        assert sum(map(len, values)) == len(set().union(*values))
    assert all(list(side) == sorted(side) for side in sides)


@given(ANY_CASES, st.randoms(use_true_random=False))
def test_order_of_the_cases_does_not_matter(cases, shuffler):
    other = cases.copy()
    shuffler.shuffle(other)
    try:
        parts, others = split(cases, SIZES), split(other, SIZES)
    except ConfigError:
        return
    for name in PARTS:
        assert named(cases, getattr(parts, name)) == named(other, getattr(others, name))


@given(ANY_CASES)
def test_groups_are_the_closure_of_sharing(cases):
    """Checked against the plainest definition: merge until no two groups share a patient or a duplicate group."""
    merged: list[tuple[set[int], set[tuple[str, str]]]] = []
    for row, one in enumerate(cases):
        rows, keys = {row}, {("p", one.patient)} | ({("g", one.duplicate_group)} if one.duplicate_group else set())
        for other in [entry for entry in merged if entry[1] & keys]:
            merged.remove(other)
            rows, keys = rows | other[0], keys | other[1]
        merged.append((rows, keys))
    assert sorted(map(sorted, groups(cases))) == sorted(sorted(rows) for rows, _ in merged)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(100, (25, 16, 15, 44)), (300, (75, 22, 45, 158)), (2000, (500, 100, 50, 1350))],
)
def test_default_sizes_for_one_image_per_patient(count, expected):
    parts = split(singles(count), SplitSizes())
    assert tuple(len(getattr(parts, name)) for name in PARTS) == expected


def test_a_part_is_at_least_as_large_as_asked_and_overshoots_by_less_than_a_group():
    cases = [case(f"i{i}", f"p{i // 7}") for i in range(210)]
    parts = split(cases, SplitSizes())
    for got, wanted in ((parts.test, 52), (parts.validation, 16), (parts.external, 31)):
        assert wanted <= len(got) < wanted + 7


def test_each_part_depends_only_on_the_parts_before_it():
    cases = singles(300)
    before = split(cases, SplitSizes())
    without_external = split(cases, SplitSizes(max_external=0))
    assert (without_external.test, without_external.validation) == (before.test, before.validation)
    assert without_external.external == ()
    without_validation = split(cases, SplitSizes(validation_share=0, min_validation=0))
    assert without_validation.test == before.test
    assert without_validation.validation == ()


def test_new_patients_hardly_move_old_ones():
    """A hash ranks each patient alone, so one more patient pushes at most one image over each border."""
    old, new = singles(300), [*singles(300), case("new")]
    was, is_now = split(old, SplitSizes()), split(new, SplitSizes())
    assert len(named(old, was.test) - named(new, is_now.test)) <= 1


def test_the_rank_of_a_patient_is_the_hash_of_its_id():
    """Written out on purpose: moving images between parts makes old and new results incomparable."""
    cases = singles(40)
    parts = split(cases, SplitSizes(min_validation=2))
    ranked = sorted(range(40), key=lambda row: sha256(cases[row].id.encode()).digest())
    cuts = (ranked[:10], ranked[10:13], ranked[13:19], ranked[19:])
    assert [getattr(parts, name) for name in PARTS] == [tuple(sorted(cut)) for cut in cuts]


def test_leaks_name_both_files_and_the_fix():
    cases = [dataclasses.replace(one, location=f"images/{one.id}.png") for one in singles(40)]
    parts = split(cases, SIZES)
    hashes = [one.id for one in cases]
    assert leaks(cases, parts, hashes) == []
    first, second = parts.test[0], parts.pool[0]
    hashes[first] = hashes[second]
    (leak,) = leaks(cases, parts, hashes)
    for part in (f"i{first:04}.png", f"i{second:04}.png", "identical pixels", "test set", "pool set", "dataset.group"):
        assert part in str(leak)


@pytest.mark.parametrize(("field", "what"), [("patient", "the same patient"), ("duplicate_group", "duplicate group")])
def test_leaks_would_notice_a_wrong_split(field, what):
    cases = singles(40)
    parts = split(cases, SIZES)
    for row in (parts.validation[0], parts.external[0]):
        cases[row] = dataclasses.replace(cases[row], **{field: "shared"})
    (leak,) = leaks(cases, parts, [one.id for one in cases])
    assert what in str(leak)


def test_identical_images_on_one_side_are_no_leak():
    cases = singles(40)
    parts = split(cases, SIZES)
    hashes = [one.id for one in cases]
    hashes[parts.pool[0]] = hashes[parts.pool[1]]
    assert leaks(cases, parts, hashes) == []


def test_too_few_images_say_what_each_part_would_get():
    with pytest.raises(
        ConfigError, match=r"dataset\.split: of 20 images .* test 5, validation 15, external 0, pool 0; add"
    ):
        split(singles(20), SplitSizes())
    with pytest.raises(ConfigError, match="of 40 images in 1 groups"):
        split([case(f"i{i}", "one") for i in range(40)], SplitSizes())
    with pytest.raises(ConfigError, match="of 0 images"):
        split([], SplitSizes())
    with pytest.raises(ConfigError, match="test 0"):
        split(singles(40), SplitSizes(test_share=0))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("test_share", 1.0),
        ("validation_share", -0.1),
        ("external_share", 2),
        ("max_external", -1),
        ("min_validation", 101),
    ],
)
def test_impossible_sizes_name_their_key(key, value):
    with pytest.raises(ConfigError, match=rf"dataset\.split\.{key}"):
        split(singles(40), dataclasses.replace(SplitSizes(), **{key: value}))


def test_ranks_do_not_follow_the_ids():
    """The shuffle must not be the alphabetical order, which in real sets follows site or disease."""
    test = split(singles(400), SplitSizes()).test
    mean = sum(test) / len(test)
    spread = random.Random(0)
    likely = [sum(spread.sample(range(400), 100)) / 100 for _ in range(200)]
    assert min(likely) < mean < max(likely)
