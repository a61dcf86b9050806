"""Images with copies into which contours were drawn: which copy belongs to which image."""

import numpy as np
import pytest

from segaug.data.cases import IncompleteDatasetError
from segaug.data.kinds.marked import Marked
from segaug.data.rules.drawn import Lines
from segaug.errors import ConfigError, DataError
from tests.data.small_sets import save

IMAGE = np.full((40, 50), 200, np.uint8)


def marked(root, **options):
    names = {"images": "{id}_image.png", "copies": "{id}_{grader}.png", "graders": ["a", "b"]}
    return Marked(**{"root": str(root), **names, "structure": "disc", "size": 16, **options})


@pytest.fixture
def root(tmp_path):
    for number in range(3):
        save(tmp_path / f"p{number}_image.png", IMAGE)
        for at, grader in enumerate("ab"):
            copy = IMAGE.copy()
            copy[10:30, 10 + 5 * at : 40] = 0
            copy[12:28, 12 + 5 * at : 38] = 200
            save(tmp_path / f"p{number}_{grader}.png", copy)
    return tmp_path


def test_both_have_what_both_enclose(root):
    case = marked(root).cases()[0]
    assert marked(root).foreground() == ((1,),)
    mask = np.zeros(IMAGE.shape, bool)
    mask[10:30, 15:40] = True
    np.testing.assert_array_equal(case.read_mask(), mask)
    assert len({one.reading for one in (case, marked(root, lines=Lines(above=30)).cases()[0])}) == 2
    assert marked(root, graders=[], copies="{id}_a.png").cases()[0].read_mask().sum() > mask.sum()


def test_images_are_left_out_with_their_copies_and_others_are_missed(root):
    (root / "p1_b.png").unlink()
    (root / "p2_image.png").unlink()
    with pytest.raises(IncompleteDatasetError, match=r"p2_a\.png: is a copy of an image that is not there"):
        marked(root).cases()
    with pytest.raises(IncompleteDatasetError, match=r"p1_image\.png: there is no copy p1_b\.png in"):
        marked(root, leave_out=["p2"]).cases()
    assert [case.id for case in marked(root, leave_out=["p2", "*1"]).cases()] == ["p0"]


def test_a_copy_of_another_size_is_refused(root):
    save(root / "p0_b.png", IMAGE[1:])
    with pytest.raises(DataError, match=r"p0_b\.png: has 39 x 50 of uint8, its image 40 x 50 of uint8"):
        marked(root).cases()[0].read_mask()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"outline": "middle"}, r"dataset\.outline: got middle; use outer or inner"),
        ({"outline": "inner"}, r"dataset\.outline: is inner, and one line is looked for; set dataset\.lines\.count=2"),
        ({"copies": "{id}_a.png"}, r"dataset\.copies: got '\{id\}_a\.png' with 2 graders"),
        ({"graders": []}, r"dataset\.copies: got '\{id\}_\{grader\}\.png' with 0 graders"),
        ({"grader": "c"}, r"dataset\.grader: got c; choose from: majority"),
        ({"images": 3}, r"dataset\.images: got 3"),
    ],
)  # fmt: skip
def test_wrong_options_fail_before_any_file_is_read(root, options, told):
    with pytest.raises(ConfigError, match=told):
        marked(root, **options)
