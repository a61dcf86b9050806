"""dataset.ignore: mask values that count for nothing, as NaN in the labels of a task that says so."""

import dataclasses

import numpy as np
import pytest
import torch

from segaug.data.check.check import check
from segaug.data.pixels import network_label
from segaug.data.pooled import Pooled
from segaug.data.rules.mask_area import covered
from segaug.data.rules.values import ABOVE_ZERO, Values, joined
from segaug.data.tensors import load_task
from segaug.errors import ConfigError, DataError, UserError
from segaug.experiment.config.identity import LATER
from segaug.experiment.config.schema import DATASETS
from segaug.known import known_shares
from tests.data.small_sets import image_and_mask, save

OPEN = {"structures": {"left": [1]}, "structure": "left", "ignore": [2]}


def test_ignored_values_are_not_a_number_in_every_structure(folder):
    mask = np.array([[0, 1, 1, 0], [0, 1, 2, 2], [3, 3, 9, 9], [0, 0, 0, 9]])
    structures = {"one": [1], "two": [2], "three": [3]}
    dataset = folder(structures=structures, structure=["one", "three"], ignore=[9, 2], size=4)
    label = network_label(mask, dataset, "x")
    ignored = np.isin(mask, [2, 9])
    for channel, value in enumerate((1, 3)):
        wanted = np.where(ignored, np.nan, mask == value).astype(np.float32)
        torch.testing.assert_close(label[channel], torch.from_numpy(wanted), equal_nan=True)


def test_a_task_holds_them_beside_external_rows_and_says_so(folder):
    task, plain = load_task(folder(**OPEN), None), load_task(folder(**OPEN | {"ignore": []}, background=[0, 2]), None)
    assert task.form == dataclasses.replace(plain.form, ignored=True)
    assert task.label[list(task.split.external)].isnan().all()
    others = [row for row in range(24) if row not in task.split.external]
    there = task.label[others].isfinite()
    assert there.flatten(1).any(1).all()
    assert (~there).flatten(1).any(1).all()
    assert torch.equal(task.label[others][there], plain.label[others][there])
    assert torch.equal(task.image, plain.image)
    assert task.content_hash != plain.content_hash
    assert task.batch(others).ignored
    assert not plain.batch(others).ignored
    shares = known_shares(task.label[others]).item()  # 60 of 420 pixels that the right half leaves
    assert shares == pytest.approx(60 / 420, rel=0.1)


def test_nothing_ignored_is_what_was_done_before(folder):
    assert load_task(folder(ignore=[]), None).content_hash == load_task(folder(), None).content_hash
    assert load_task(folder(), None).form.facts().keys() == {"channels", "structures", "size", "sources"}
    for name in ("folder", "volumes", "arrays", "contours"):  # kinds that were there before it
        (option,) = (option for option in dataclasses.fields(DATASETS[name]) if option.name == "ignore")
        assert LATER[f"dataset.{name}.ignore"] == LATER["source.ignore"] == option.default_factory()


def test_a_copy_of_the_decoded_task_is_the_same(folder, tmp_path, monkeypatch):
    first = load_task(folder(**OPEN), tmp_path)
    monkeypatch.setattr("segaug.data.tensors.decode", lambda *_: pytest.fail("decoded again"))
    torch.testing.assert_close(load_task(folder(**OPEN), tmp_path).label, first.label, equal_nan=True)


def test_reduced_by_area_half_of_what_is_known_decides():
    structure, ignored = np.zeros((1, 4, 8)), np.zeros((4, 8))
    ignored[:2, :4], structure[0, 2, :4] = 1, 1  # half ignored | a quarter of the other half
    ignored[0, 4:], structure[0, 1, 4:], structure[0, 2, 4:6] = 1, 1, 1  # a quarter; of the rest exactly half
    label = covered(structure, (1, 2), ignored)
    assert np.isnan(label[0, 0, 0])
    assert label[0, 0, 1] == 1
    structure[0, 2, 5] = 0
    assert covered(structure, (1, 2), ignored)[0, 0, 1] == 0
    assert np.array_equal(covered(structure, (2, 4), np.zeros((4, 8))), covered(structure, (2, 4)))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ignore": [1]}, "dataset.ignore: 1 is in dataset.structures.left as well"),
        ({"ignore": [0]}, "dataset.ignore: 0 is in dataset.background as well"),
        ({"ignore": ["white"]}, "dataset.ignore: got 'white'"),
    ],
)
def test_a_value_has_one_meaning(folder, options, said):
    with pytest.raises(ConfigError, match=said):
        folder(**OPEN | options)


def test_a_structure_that_is_not_chosen_may_be_ignored(folder):
    dataset = folder(structures={"left": [1], "right": [2]}, structure="left", ignore=[2])
    torch.testing.assert_close(load_task(dataset, None).label, load_task(folder(**OPEN), None).label, equal_nan=True)


def test_colours_are_ignored_and_objects_numbered_around_them():
    meaning = Values(structures={"a": [1]}, background=[0], above_zero=True, ignore=["#ff0000"])
    (red,) = meaning.ignored()
    assert red in meaning.allowed()
    assert joined(np.array([0, 1, 7, red]), meaning.allowed()).tolist() == [0, *[ABOVE_ZERO] * 2, red]
    alike = Values(structures={"a": [1, 3]}, background=[0, 7], above_zero=False, ignore=[8, 9])
    assert alike.alike(np.array([1, 3, 0, 7, 8, 9])).tolist() == [1, 1, 0, 0, 8, 8]


def test_an_image_without_a_known_pixel_is_refused_by_name(folder, root):
    _, mask = image_and_mask(3)
    save(root / "masks" / "p01_1.png", np.full_like(mask, 2))
    said = r"p01_1.png: every pixel of its mask is ignored \('dataset.ignore=\[2\]'\); leave the image out"
    with pytest.raises(DataError, match=said):
        load_task(folder(**OPEN), None)
    assert any("every pixel of its mask is ignored" in problem for problem in check(folder(**OPEN)).problems)


def test_foreground_is_what_is_known_to_be_there(folder, root):
    for number in range(24):
        _, mask = image_and_mask(number)
        save(root / "masks" / f"p{number // 2:02}_{number % 2}.png", np.where(mask == 1, 0, mask).astype(np.uint8))
    with pytest.raises(UserError, match="no mask of the test set holds left"):
        load_task(folder(**OPEN), None)


def test_a_pooled_task_ignores_where_any_of_its_sources_does(folder):
    plain, open_ = folder(structures={"left": [1]}, structure="left", background=[0, 2]), folder(**OPEN)
    for sources, ignored in (((plain, open_), True), ((plain, plain), False)):
        named = dict(zip(("one", "other"), sources, strict=True))
        assert Pooled(base="one", added=["other"], k=1).with_sources(named).form.ignored is ignored


def test_the_check_counts_shares_of_known_pixels(folder):
    report = check(folder(**OPEN, size=24))
    assert sum("'dataset.ignore=[2]' leaves out 12 % of the pixels, in " in note for note in report.notes) == 1
    for case in report.cases:
        if case.part != "external":
            assert case.foreground == pytest.approx(60 / 420)
            assert case.foreground_at_size == pytest.approx(60 / 420, rel=0.05)


def test_the_check_says_where_nothing_is_ignored_although_it_was_asked_for(folder):
    notes = check(folder(ignore=[7])).notes
    assert sum("'dataset.ignore=[7]' leaves out nothing: none of " in note for note in notes) == 1
    assert not any("dataset.ignore" in note for note in check(folder()).notes)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"graders": {"a": "masks", "b": "masks"}},
            "is set, and masks are the majority of several",
        ),
        (
            {"masks": {"left": "masks", "right": "masks"}, "structures": {}, "structure": "all"},
            "is set, but dataset",
        ),
    ],
)
def test_where_stored_values_are_not_what_counts_it_is_refused(folder, options, told):
    with pytest.raises(ConfigError, match=f"dataset.ignore: {told}"):
        folder(**OPEN | options)
    assert folder(**OPEN, graders={"a": "masks", "b": "masks"}, grader="b").form.ignored
