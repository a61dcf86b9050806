"""Several graders of one image: whose mask counts, and how far they agree."""

import numpy as np
import pytest

from segaug.data.kinds.ceiling import ceiling
from segaug.data.rules.graders import agreement, joined_graders
from segaug.data.tensors import load_task
from segaug.errors import ConfigError, DataError
from tests.data.small_sets import image_and_mask, save

A, B, C = (np.array([row]) for row in ([0, 1, 1, 2, 0], [0, 1, 2, 2, 1], [0, 1, 0, 0, 2]))


@pytest.mark.parametrize(
    ("grader", "want"),
    [("majority", [0, 1, 0, 2, 0]), ("union", [0, 1, 1, 2, 1]), ("intersection", [0, 1, 0, 0, 0]), ("b", B[0])],
)
def test_one_mask_of_three(grader, want):
    assert joined_graders({"a": A, "b": B, "c": C}, grader)[0].tolist() == list(want)


def test_of_two_graders_the_majority_is_what_both_say():
    assert (
        joined_graders({"a": A, "b": B}, "majority").tolist()
        == joined_graders({"a": A, "b": B}, "intersection").tolist()
    )


def test_background_may_have_another_value():
    assert joined_graders({"a": A + 5, "b": C + 5}, "union", background=5)[0].tolist() == [5, 6, 6, 7, 7]


def test_agreement_is_the_mean_dice_of_pairs_who_marked_something():
    one, two, none = (np.array([row]) for row in ([1, 1, 0, 0], [0, 1, 1, 1], [0, 0, 0, 0]))
    marked = [np.stack(planes).astype(bool) for planes in ((one, one, none), (two, none, none), (one, none, none))]
    found = agreement(marked)
    assert found[0] == pytest.approx((2 / 5 + 2 / 5 + 1) / 3)
    assert found[1] == 0  # two pairs of one who marked it and one who did not; the third pair says nothing
    assert np.isnan(found[2])


@pytest.fixture
def graders(root, folder):
    """make(**options): the set of `root`; a second grader calls left 255 and finds no right, the others agree."""
    for number in range(24):
        mask = image_and_mask(number)[1]
        name = f"p{number // 2:02}_{number % 2}.png"
        save(root / "second" / name, np.where(mask == 1, 255, 0).astype(np.uint8))
        save(root / "third" / name, mask)
    options = {
        "graders": {"one": "masks", "two": "second", "three": "third"},
        "structures": {"left": [1, 255], "right": [2]},
        "structure": "all",
    }
    return lambda **more: folder(**{**options, **more})


def areas(task) -> list[list[float]]:
    return task.label[list(task.split.test)].mean(dim=(0, 2, 3)).tolist()


def test_a_structure_is_agreed_on_whichever_of_its_values_it_has(graders):
    whole = areas(load_task(graders(graders={}), None))
    assert min(whole) > 0
    assert areas(load_task(graders(), None)) == whole
    assert areas(load_task(graders(grader="intersection"), None)) == [whole[0], 0]
    assert areas(load_task(graders(grader="two"), None)) == [whole[0], 0]


def test_the_ceiling_of_a_task_is_how_far_graders_agree_on_its_test_images(graders):
    ids = ["p00_0", "p01_1"]
    assert ceiling(graders(size=20), ids) == {"left": 1, "right": pytest.approx(1 / 3)}  # 0, 0 and 1
    assert ceiling(graders(graders={}), ids) == {}


def test_masks_of_all_graders_name_the_decoded_copy(graders, root, tmp_path):
    before = load_task(graders(grader="union"), tmp_path)
    for path in (root / "second").iterdir():
        save(path, np.full((20, 24), 255, np.uint8))
    after = load_task(graders(grader="union"), tmp_path)
    assert after.content_hash != before.content_hash
    assert after.label.nan_to_num().sum() > before.label.nan_to_num().sum()


def test_a_value_that_is_outvoted_is_still_an_error(graders, root):
    path = next((root / "second").iterdir())
    save(path, np.full((20, 24), 7, np.uint8))
    case = next(case for case in graders().cases() if case.id == path.stem)
    with pytest.raises(DataError, match=rf"second/{path.name}: holds the values 7"):
        case.read_mask()


def test_masks_of_different_size_are_named(graders, root):
    path = next((root / "second").iterdir())
    save(path, np.zeros((10, 24), np.uint8))
    case = next(case for case in graders().cases() if case.id == path.stem)
    with pytest.raises(
        DataError, match=rf"second/{path.name}: has 10 x 24 pixels, and the mask of the grader one has 20"
    ):
        case.read_mask()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"grader": "four"}, "dataset.grader: got four; choose from: majority, union, intersection, one, two, three"),
        ({"graders": {}, "grader": "union"}, "dataset.grader: got union, but there are no dataset.graders"),
        ({"graders": {"one": "masks"}}, "dataset.graders: names one alone; name two or more"),
        ({"graders": {"union": "masks", "b": "second"}}, "dataset.graders: union is a way of joining graders"),
    ],
)
def test_what_cannot_be_chosen_is_said(graders, options, message):
    with pytest.raises(ConfigError) as error:
        graders(**options)
    assert str(error.value).startswith(message)
