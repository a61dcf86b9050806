"""Trouble planted in a folder: what the check says of it, and that no study starts on it."""

import numpy as np
import pytest
from PIL import Image

from segaug.data.check.check import check
from segaug.data.split import split
from segaug.data.tensors import load_task
from segaug.errors import ConfigError
from tests.data.small_sets import save


def masks(root):
    return sorted((root / "masks").glob("*.png"))


def change(paths, new):
    for path in paths:
        save(path, new(np.asarray(Image.open(path))))


def test_black_masks_are_an_error_of_check_and_of_the_task(folder, root):
    change(masks(root), np.zeros_like)
    problems = check(folder()).problems
    assert [problem[:44] for problem in problems] == [
        "dataset.structure: no mask of the test set h", "dataset.structure: no mask of the pool set h",
    ]  # fmt: skip
    with pytest.raises(ConfigError, match=r"no mask of the test set holds whole at dataset\.size=16"):
        load_task(folder(), None)


@pytest.mark.parametrize("part", ["test", "pool"])
def test_one_part_without_foreground_is_an_error_and_validation_may_be_empty(folder, root, part):
    parts, cases = split(folder().cases(), folder().split), folder().cases()
    change([cases[row].mask_file for row in parts.validation], np.zeros_like)
    load_task(folder(), None)
    change([cases[row].mask_file for row in getattr(parts, part)], np.zeros_like)
    (problem,) = check(folder()).problems
    assert f"no mask of the {part} set holds whole" in problem
    with pytest.raises(ConfigError, match=f"no mask of the {part} set"):
        load_task(folder(), None)


def test_structures_too_small_for_the_size_are_one_too(folder, root):
    def dot(mask):
        small = np.zeros_like(mask)
        small[7, 7] = 1
        return small

    change(masks(root), dot)
    with pytest.raises(ConfigError, match=r"dataset\.size=2, so there is nothing"):
        load_task(folder(size=2), None)
    report = check(folder(size=2))
    assert len(report.problems) == 2
    assert {part.empty for part in report.parts} == {0}
    assert {part.empty_at_size for part in report.parts if part.name != "external"} == {
        part.images for part in report.parts if part.name != "external"
    }
    assert any("lose all of it" in note for note in report.notes)


def test_undeclared_values_are_said_once_for_the_set_with_the_words_to_type(folder, root):
    report = check(folder(structures={"left": [1]}, structure="left"))
    (problem,) = report.problems
    assert "and 19 more: holds the values 2 (20 masks); allowed are 0, 1" in problem
    assert "add dataset.structures.NAME=2 if they are structures" in problem
    assert sum(case.verdict == "problem" for case in report.cases) == 20


def test_images_that_a_note_names_are_marked(folder, root):
    blank, *_ = sorted((root / "images").glob("*.png"))
    save(blank, np.full((20, 24), 5, np.uint8))
    change(masks(root)[1:2], lambda mask: np.where(mask == 0, 1, 0).astype(np.uint8))
    report = check(folder())
    marks = {case.id: (case.notes, case.verdict) for case in report.cases if case.notes}
    assert marks == {"p00_0": (("blank",), "note"), "p00_1": (("above half",), "note")}
    assert report.problems == ()
    assert all("inverted" not in note or "1 of them" in note for note in report.notes)


def test_shares_and_empty_masks_are_told_at_both_sizes(folder, root):
    report, task = check(folder()), load_task(folder(), None)
    for case, label in zip(report.cases, task.label, strict=True):
        if case.part != "external":
            assert case.foreground == pytest.approx(0.25)
            assert case.foreground_at_size == pytest.approx(float(label.mean()))
