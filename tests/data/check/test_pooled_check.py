"""What `segaug data check` says of several sources: each one's problems by its name, and in what they differ."""

import shutil

import pytest

from segaug.data.check.check import check
from segaug.data.check.pooled import check_pooled
from segaug.data.pooled import Pooled
from segaug.data.tensors import load_task
from tests.data.small_sets import image_and_mask, save


@pytest.fixture
def other(tmp_path, folder):
    """Another set of fewer patients, one of them of a name that the first one has, of larger cells."""
    home = tmp_path / "other"
    for number in range(20):
        image, mask = image_and_mask(100 + number)
        mask[2:18, 4:20] = 1
        name = f"p{11 + number // 2:02}_{number % 2}.png"
        save(home / "images" / name, image)
        save(home / "masks" / name, mask)
    return folder(root=str(home), pixel_mm=0.5, modality="light microscopy")


@pytest.fixture
def pooled(folder, other):
    return Pooled(base="ours", added=["theirs"]).with_sources({"ours": folder(), "theirs": other})


def test_a_table_says_in_what_the_sources_differ(pooled, other):
    report = check_pooled(pooled, None)
    ours, theirs = report.sources
    alone = load_task(other, None)
    pool = alone.label[list(alone.split.pool)]
    assert (theirs.name, theirs.role, theirs.pool, theirs.test) == ("theirs", "added", len(pool), len(alone.split.test))
    assert (ours.pixel_mm, ours.modality) == (None, "")
    assert theirs.modality == "light microscopy"
    assert theirs.pixel_mm == pytest.approx((0.5 * 20 / 16, 0.5 * 24 / 16))
    assert theirs.foreground == pytest.approx(pool.mean().item())
    assert theirs.foreground > 1.5 * ours.foreground
    assert 0 < ours.contrast < ours.intensity < 1


def test_its_parts_and_cases_are_those_of_the_trials(pooled, folder):
    report, alone = check_pooled(pooled, None), check(folder())
    assert report.parts[:4] == alone.parts
    assert [part.name for part in report.parts[4:]] == ["test of theirs", "pool of theirs"]
    assert report.cases[:24] == alone.cases
    assert {case.patient.partition("/")[0] for case in report.cases[24:]} == {"theirs"}


def test_a_patient_id_of_two_sources_is_told(pooled):
    note, half = check_pooled(pooled, None).notes[::-1]
    assert half.startswith("theirs: ")
    assert "more than half of the pixels" in half
    assert note == (
        "1 patient id is used in several sources (p11); they are taken for different patients, and kept apart by the "
        "name of the source"
    )


def test_a_problem_of_a_source_has_its_name_and_leaves_out_the_table(pooled, root):
    (root / "masks" / "p00_0.png").unlink()
    report = check_pooled(pooled, None)
    (problem,) = report.problems
    assert problem.startswith("ours: ")
    assert "p00_0" in problem
    assert report.sources == ()


def test_every_image_that_two_sources_have_on_two_sides_is_told(pooled, folder, other, root, tmp_path):
    ours, theirs = load_task(folder(), None), load_task(other, None)
    pairs = list(zip(ours.split.test[:2], theirs.split.pool[:2], strict=True))
    for test, pool in pairs:
        for kind in ("images", "masks"):
            shutil.copy(root / kind / f"{ours.ids[test]}.png", tmp_path / "other" / kind / f"{theirs.ids[pool]}.png")
    problems = check_pooled(pooled, None).problems
    assert len(problems) == 2
    assert all("has identical pixels as image" in problem and "pool set" in problem for problem in problems)


def test_a_grey_source_is_no_problem_beside_one_in_colour_and_all_grey_is(folder, other):
    sources = {"ours": folder(), "theirs": other}
    (problem,) = check_pooled(Pooled(base="ours", added=["theirs"], colour=True).with_sources(sources), None).problems
    assert problem.startswith("dataset.colour: is true, but every image of the data set is grey")
