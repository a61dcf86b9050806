"""Pictures that are slices: which of each patient are taken."""

import numpy as np
import pytest

from segaug.data.cases import IncompleteDatasetError
from segaug.data.kinds.folder import Folder
from segaug.errors import ConfigError
from tests.data.small_sets import save

ROOM, SLICES = (8, 8), 14


@pytest.fixture
def root(tmp_path):
    """Two patients of 14 slices; the first two of each are empty, and all of the third patient's."""
    for number, patient in enumerate("abc"):
        for at in range(1, SLICES + 1):
            rng = np.random.default_rng(100 * number + at)
            save(tmp_path / f"images/{patient}_{at}.png", rng.integers(0, 255, ROOM).astype(np.uint8))
            save(tmp_path / f"masks/{patient}_{at}.png", np.eye(8, dtype=np.uint8) * 255 * (at > 2 and patient != "c"))
    return tmp_path


def folder(root, **options):
    shared = {"patient_pattern": "^(.)_", "structures": {"x": [255]}, "structure": "x", "size": 8, "per_patient": 2}
    return Folder(**{"root": str(root), **shared, **options})


def test_they_are_even_by_the_numbers_in_their_names(root):
    assert [case.id for case in folder(root).cases()] == ["a_12", "a_6", "b_12", "b_6"]  # of 3 to 14
    (told,) = folder(root).remarks()
    assert told == (
        "taken are 4 of the 24 slices that hold the structure, and 0 of the 18 others; nothing of 1 patients, who do "
        "not have it (c)"
    )
    some = folder(root, share_without=0.5).cases()
    assert [case.id for case in some] == ["a_12", "a_2", "a_6", "b_12", "b_2", "b_6"]


def test_of_several_graders_the_joined_mask_decides(root):
    for path in (root / "masks").iterdir():
        save(root / "second" / path.name, np.eye(8, dtype=np.uint8) * 255 * int(path.stem == "a_7"))
    graded = folder(root, graders={"one": "masks", "two": "second"}, per_patient=5)
    assert [case.id for case in graded.cases()] == ["a_7"]


def test_a_mask_that_cannot_be_read_is_a_problem_of_its_own(root):
    (root / "masks/a_7.png").write_bytes(b"no image")
    with pytest.raises(IncompleteDatasetError, match=r"a problem: .*masks/a_7\.png: cannot be decoded"):
        folder(root).cases()


@pytest.mark.parametrize("options", [{"per_patient": 0}, {"share_without": -1}])
def test_impossible_rules_are_refused(root, options):
    with pytest.raises(ConfigError, match=r"dataset\.(per_patient|share_without): got"):
        folder(root, **options)
