import numpy as np
import pytest
from PIL import Image

from segaug.data.check.check import check
from segaug.data.split import split
from segaug.errors import ConfigError
from tests.data.small_sets import save


@pytest.fixture
def labelled(folder):
    """Names of cases outside the external part, and of those inside."""
    cases = folder().cases()
    external = split(cases, folder().split).external
    return [c.id for i, c in enumerate(cases) if i not in external], [cases[i].id for i in external]


def test_sound_dataset(folder):
    report = check(folder())
    assert report.problems == ()
    assert {case.verdict for case in report.cases} == {"ok"}
    assert [part.name for part in report.parts] == ["test", "validation", "external", "pool"]
    assert sum(part.images for part in report.parts) == 24
    assert sum(part.patients for part in report.parts) == 12
    assert {part.foreground for part in report.parts} == {0.25, None}
    assert report.notes == ()


def test_every_problem_of_every_case_is_listed(folder, root, labelled):
    names, _ = labelled
    truncated = root / f"images/{names[0]}.png"
    truncated.write_bytes(truncated.read_bytes()[:60])
    save(root / f"masks/{names[0]}.png", np.full((20, 24), 9, np.uint8))
    save(root / f"masks/{names[1]}.png", np.zeros((4, 4), np.uint8))
    seen_through = Image.open(root / f"images/{names[2]}.png")
    seen_through.putalpha(128)
    seen_through.save(root / f"images/{names[2]}.png")
    (root / f"masks/{names[3]}.png").unlink()
    report = check(folder())
    bad = {case.id: case.problems for case in report.cases if case.verdict == "problem"}
    assert sorted(bad) == sorted(names[:4])
    assert [len(bad[name]) for name in names[:4]] == [2, 1, 1, 1]
    assert len(report.problems) == 5
    for words in (
        "cannot be decoded",
        "holds the values 9",
        "4 x 4 pixels",
        "alpha channel",
        f"there is no {names[3]}.*",
    ):
        assert sum(words in problem for problem in report.problems) == 1


def test_masks_of_external_images_are_not_opened(folder, root, labelled):
    _, external = labelled
    for name in external:
        (root / f"masks/{name}.png").write_bytes(b"no image at all")
    report = check(folder())
    assert report.problems == ()
    assert {case.foreground for case in report.cases if case.part == "external"} == {None}


def test_all_leaks_are_listed(folder, root):
    cases = folder().cases()
    parts = split(cases, folder().split)
    for row in parts.pool[:2]:
        (root / f"images/{cases[row].id}.png").write_bytes(
            (root / f"images/{cases[parts.test[0]].id}.png").read_bytes()
        )
    assert sum("identical pixels" in problem for problem in check(folder()).problems) == 2


def test_dataset_too_small_to_split_still_reads_its_images(folder, root, labelled):
    names, _ = labelled
    (root / f"images/{names[0]}.png").write_bytes(b"no image")
    report = check(folder(patient_pattern="^(p)"))
    assert report.parts == ()
    assert len(report.problems) == 2
    assert any("masks were not opened" in problem for problem in report.problems)
    assert {case.foreground for case in report.cases} == {None}


def test_too_large_crop_is_one_problem_per_case(folder):
    report = check(folder(crop=21))
    assert {len(case.problems) for case in report.cases} == {1}


def test_notes_say_what_weakens_the_scores(folder, root, labelled):
    names, _ = labelled
    save(root / f"masks/{names[0]}.png", np.zeros((20, 24), np.uint8))
    assert any("1 masks hold none" in note for note in check(folder()).notes)
    assert any("patient of its own" in note for note in check(folder(patient_pattern=None)).notes)


def test_what_cannot_be_looked_at_is_raised(folder):
    with pytest.raises(ConfigError, match=r"dataset\.root"):
        check(folder(root="/nowhere"))


def test_each_structure_has_its_share_and_its_empty_masks(folder, root, labelled):
    names, _ = labelled
    mask = np.zeros((20, 24), np.uint8)
    mask[:10] = 1
    save(root / f"masks/{names[0]}.png", mask)
    report = check(folder(structures={"left": [1], "right": [2]}, structure="all"))
    assert report.problems == ()
    assert report.form.structures == ("left", "right")
    seen = {case.id: case for case in report.cases}
    assert (seen[names[0]].structures, seen[names[0]].foreground) == ({"left": 0.5, "right": 0}, 0.5)
    assert (seen[names[1]].structures, seen[names[1]].foreground) == ({"left": 0.125, "right": 0.125}, 0.25)
    for part in report.parts:
        shares = [case.structures["left"] for case in report.cases if case.part == part.name and case.structures]
        assert part.structures is None if part.name == "external" else part.structures["left"] == np.mean(shares)
    assert report.notes == ("1 masks hold no right",)


def test_grey_images_of_a_task_in_colour_are_told_and_all_of_them_are_a_problem(folder, root, labelled):
    names, _ = labelled
    told = "dataset.colour: is true, but every image of the data set is grey"
    assert [problem.startswith(told) for problem in check(folder(colour=True)).problems] == [True]
    for name in names[:3]:
        Image.open(root / f"images/{name}.png").convert("RGB").save(root / f"images/{name}.png")
    report = check(folder(colour=True))
    assert report.problems == ()
    assert report.notes == ("21 of 24 images are stored grey; they are repeated to three channels",)
    assert check(folder()).notes == ()


def test_rows_of_separators_say_nothing_and_images_that_no_row_names_are_told(folder, root):
    rows = [f"p{number // 2:02}_{number % 2},p{number // 2}" for number in range(22)]
    (root / "items.csv").write_text("\n".join(["id,patient", *rows, ",", ","]))
    report = check(folder(patient_pattern=None, table="items.csv", patient="patient"))
    assert (report.problems, len(report.cases)) == ((), 22)
    assert report.notes == ("2 images are not in the table, among them p11_0; they are not used",)
