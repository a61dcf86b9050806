"""Tested on some sites and trained on others: no image crosses over, and without target sites nothing changes."""

import dataclasses

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from segaug.data.check.check import check
from segaug.data.sites import site_counts
from segaug.data.split import PARTS, groups, leaks, split
from segaug.data.task import Case, SplitSizes
from segaug.data.tensors import load_task
from segaug.errors import ConfigError, DataError
from tests.data.small_sets import case

SIZES = SplitSizes(min_validation=2)
few = settings(max_examples=25)
ANY_SITES = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["", "", "", "x", "y"])), min_size=30, max_size=60
).map(
    lambda drawn: [at("abc"[patient % 3], f"i{i:03}", f"p{patient}", group) for i, (patient, group) in enumerate(drawn)]
)


def at(site: str, name: str, patient: str | None = None, group: str = "") -> Case:
    """A case of this site; near copies of one another are of one site."""
    return dataclasses.replace(case(name, patient, group and group + site), site=site)


def of_sites(**images: int) -> list[Case]:
    return [at(site, f"{site}{number:03}") for site, count in images.items() for number in range(count)]


def aimed(*target: str, **sizes: float) -> SplitSizes:
    return dataclasses.replace(SIZES, target=list(target), **sizes)


@few
@given(ANY_SITES, st.sampled_from([["b"], ["a", "c"]]))
def test_test_and_validation_are_of_the_target_and_no_image_is_left_over(cases, target):
    try:
        parts = split(cases, aimed(*target))
    except ConfigError:  # too few images of one side
        assume(False)
    for part in PARTS:
        assert all((cases[row].site in target) == (part in ("test", "validation")) for row in getattr(parts, part))
    assert sorted(row for part in PARTS for row in getattr(parts, part)) == list(range(len(cases)))
    assert leaks(cases, parts, [one.id for one in cases]) == []


@few
@given(ANY_SITES, st.randoms(use_true_random=False))
def test_order_of_cases_and_of_names_does_not_matter(cases, shuffler):
    other = cases.copy()
    shuffler.shuffle(other)
    try:
        parts, others = split(cases, aimed("a", "c")), split(other, aimed("c", "a"))
    except ConfigError:
        assume(False)
    for part in PARTS:
        assert {cases[row].id for row in getattr(parts, part)} == {other[row].id for row in getattr(others, part)}


@few
@given(ANY_SITES)
def test_a_site_alone_moves_no_image(cases):
    nowhere = [dataclasses.replace(one, site="") for one in cases]
    try:
        assert split(cases, SIZES) == split(nowhere, SIZES)
    except ConfigError:
        assume(False)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"min_validation": 16}, {"test": 84, "validation": 16, "external": 40, "pool": 160}),
        ({"min_validation": 16, "test_share": 0.9}, {"test": 84, "validation": 16, "external": 40, "pool": 160}),
        ({"validation_share": 0.3}, {"test": 70, "validation": 30, "external": 40, "pool": 160}),
        ({"validation_share": 0.3, "max_validation": 20}, {"test": 80, "validation": 20, "external": 40, "pool": 160}),
        ({"max_external": 0}, {"test": 90, "validation": 10, "external": 0, "pool": 200}),
        ({"validation_share": 0.0, "min_validation": 0}, {"test": 100, "validation": 0, "external": 40, "pool": 160}),
    ],
)
def test_shares_are_of_the_images_of_either_side(sizes, expected):
    parts = split(of_sites(a=150, b=100, c=50), aimed("b", **sizes))
    assert {part: len(getattr(parts, part)) for part in PARTS} == expected


def test_images_without_a_mask_join_the_external_part_wherever_they_are_from():
    cases = of_sites(a=40, b=40)
    more = [dataclasses.replace(one, labelled=False) for one in of_sites(c=3)]
    before, parts = split(cases, aimed("b")), split([*cases, *more], aimed("b"))
    assert parts == dataclasses.replace(before, external=(*before.external, 80, 81, 82))


def test_sides_of_the_target_depend_on_one_another_in_nothing():
    cases = of_sites(a=60, b=40)
    before, parts = split(cases, aimed("b")), split(cases, aimed("b", external_share=0.5))
    assert (parts.test, parts.validation) == (before.test, before.validation)
    parts = split(cases, aimed("b", min_validation=8))
    assert (parts.external, parts.pool) == (before.external, before.pool)
    assert set(before.validation) < set(parts.validation)


@pytest.mark.parametrize(
    ("images", "target", "message"),
    [
        ({"a": 40, "b": 20}, ["d"], r"target: no image is of site 'd'; choose from \(images\): a \(40\), b \(20\)"),
        ({"": 40}, ["b"], r"target: names b, and no image has a site; set dataset\.site"),
        ({"a": 40, "b": 20}, ["b", "b"], r"target: names b twice"),
        ({"a": 40, "b": 20}, ["b", "a"], r"target: names every site \(a, b\), which leaves nothing to train on; leave"),
        ({"a": 40, "b": 4}, ["b"], r"target: has 4 images: validation would get 3 of them and test only 1; .*=1"),
        ({"a": 40, "b": 1}, ["b"], r"target: has 1 images: .* test only 0; name more sites"),
    ],
)
def test_a_target_that_cannot_be_is_told(images, target, message):
    cases = [at(site, f"{site}{number}") for site, count in images.items() for number in range(count)]
    with pytest.raises(ConfigError, match=rf"dataset\.split\.{message}"):
        split(cases, aimed(*target, min_validation=3))


@pytest.mark.parametrize("shared", [{"patient": "p"}, {"duplicate_group": "g"}])
def test_what_stays_together_cannot_be_on_both_sides(shared):
    cases = of_sites(a=30, b=30)
    cases[0], cases[30] = (dataclasses.replace(one, **shared) for one in (cases[0], cases[30]))
    assert len(groups(cases)) == 59
    split(cases, SIZES)
    split(of_sites(a=30, b=30, c=9), aimed("a", "b"))
    with pytest.raises(
        ConfigError, match=r"b000 is of site 'b' and a000 of 'a', but they stay together.*dataset\.where"
    ):
        split(cases, aimed("b"))


def test_counts_name_the_target_first_and_are_none_without():
    cases = of_sites(a=30, b=30)
    parts, sites = split(cases, aimed("b")), [one.site for one in cases]
    target, other = site_counts(sites, parts, ["b"])
    assert (target.name, target.target, target.images) == ("b", True, {"test": 27, "validation": 3})
    assert (other.name, other.target, other.images) == ("a", False, {"external": 6, "pool": 24})
    assert site_counts(sites, parts, []) == ()


@pytest.fixture
def table(root):
    """A table of the set: patients p00 to p07 of site here, the others of site there."""
    rows = [f"p{i // 2:02}_{i % 2},{'here' if i < 16 else 'there'},{i % 2}" for i in range(24)]
    (root / "items.csv").write_text("\n".join(["id,hospital,eye", *rows]))
    return {"table": "items.csv"}


def test_a_column_says_where_images_of_a_folder_are_from(folder, table):
    cases = folder(**table, site="hospital").cases()
    assert [one.site for one in cases] == ["here"] * 16 + ["there"] * 8
    assert {one.site for one in folder(**table).cases()} == {""}
    parts = load_task(folder(**table, site="hospital", split=aimed("there")), None).split
    assert {row for part in (parts.test, parts.validation) for row in part} == set(range(16, 24))


def test_sites_without_a_target_change_no_content(folder, table):
    before, task = load_task(folder(), None), load_task(folder(**table, site="hospital"), None)
    assert (task.content_hash, task.split) == (before.content_hash, before.split)
    assert task.sites == ("here",) * 16 + ("there",) * 8
    aimed_at = load_task(folder(**table, site="hospital", split=aimed("there")), None)
    assert aimed_at.content_hash != before.content_hash


def test_patients_of_both_sites_are_told_by_their_files(folder, table):
    with pytest.raises(ConfigError, match=r"p00_1\.png is of site '1' and .*p00_0\.png of '0'.*patients p00"):
        load_task(folder(**table, site="eye", split=aimed("1")), None)


def test_a_column_that_is_not_there_or_has_gaps_is_an_error(folder, root, table):
    with pytest.raises(ConfigError, match=r"dataset\.site: names columns, but there is no table"):
        folder(site="hospital").cases()
    with pytest.raises(ConfigError, match=r"dataset\.site: .* has no column 'ward'; choose from: id, hospital, eye"):
        folder(**table, site="ward").cases()
    path = root / "items.csv"
    path.write_text(path.read_text().replace("p03_1,here", "p03_1,"))
    with pytest.raises(DataError, match=r"column 'hospital' is empty for image 'p03_1'; fill in a site"):
        folder(**table, site="hospital").cases()


def test_a_check_tells_the_sites_of_a_task_with_a_target(folder, table):
    report = check(folder(**table, site="hospital", split=aimed("there")))
    assert report.problems == ()
    assert [(site.name, site.target, sum(site.images.values())) for site in report.sites] == [
        ("there", True, 8),
        ("here", False, 16),
    ]
    assert check(folder(**table, site="hospital")).sites == ()
    assert (
        "no image is of site 'nowhere'" in check(folder(**table, site="hospital", split=aimed("nowhere"))).problems[0]
    )
