"""Tasks of several structures: a channel each; a task of one stays what it was, to the bit."""

import dataclasses

import numpy as np
import pytest
import torch
from omegaconf import OmegaConf
from PIL import Image

from segaug.data.phantom import Phantom
from segaug.data.pixels import network_label
from segaug.data.tensors import load_task
from segaug.errors import ConfigError, DataError
from tests.data.small_sets import save

PARTS = {"structures": {"left": [1], "right": [2]}, "structure": "all"}
BEFORE = [  # content of tasks from before there were several structures
    ("thorax", "lung", "d0d89737c2b51a65c330b60967b6eca64d6dc75f16722653be93ba1da824199e"),
    ("lesions", "lesion", "5cc0ca75b5dd1c59d9eae5e0224ae4abc383b89ae6d5a9c5e79e5f4467f6ae22"),
    ("template", "left_heart", "4b4dd1b651eb563f2ea0e88d6c64aa9006d16b721a27f08abaa1dd9c2951c370"),
]


def test_labels_match_a_mask_made_by_hand(folder):
    mask = np.array([[0, 1, 1, 0], [0, 1, 2, 2], [3, 3, 2, 2], [0, 0, 0, 9]])
    structures = {"one": [1], "two": [2, 9], "three": [3]}
    label = network_label(mask, folder(structures=structures, structure=["three", "one", "two"], size=4), "x")
    assert label.shape == (3, 4, 4)
    for channel, values in enumerate(([3], [1], [2, 9])):
        assert torch.equal(label[channel], torch.from_numpy(np.isin(mask, values).astype(np.float32)))


def test_a_task_has_a_channel_for_each_structure_in_the_order_asked(folder):
    task = load_task(folder(**PARTS), None)
    assert task.form.structures == ("left", "right")
    assert task.label.shape == (24, 2, 16, 16)
    assert task.label.nan_to_num().sum(1).amax() == 1
    assert task.label[list(task.split.external)].isnan().all()
    turned = load_task(folder(**PARTS | {"structure": ["right", "left"]}), None)
    assert torch.equal(turned.label.flip(1).nan_to_num(-1), task.label.nan_to_num(-1))
    whole = load_task(folder(), None)
    assert torch.equal(task.label.sum(1).nan_to_num(-1), whole.label[:, 0].nan_to_num(-1))
    assert torch.equal(task.image, whole.image)


def test_names_values_and_order_are_part_of_the_content(folder):
    options = [
        {},
        PARTS,
        PARTS | {"structure": ["right", "left"]},
        PARTS | {"structures": {"links": [1], "right": [2]}},
        {"structures": {"left": [2], "right": [1]}, "structure": "all"},
    ]
    assert len({load_task(folder(**change), None).content_hash for change in options}) == len(options)


def test_all_and_the_list_of_all_are_the_same_content(folder):
    asked = [load_task(folder(**PARTS | {"structure": value}), None) for value in ("all", ["left", "right"])]
    assert asked[0].content_hash == asked[1].content_hash


def test_a_list_of_one_name_is_the_task_of_that_name(folder, tmp_path):
    alone, listed = folder(structure="left"), folder(structure=["left"])
    assert listed == alone
    cache = tmp_path / "cache"
    assert load_task(listed, cache).content_hash == load_task(alone, cache).content_hash
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize(("family", "structure", "content"), BEFORE)
def test_a_task_of_one_structure_has_the_content_hash_it_always_had(family, structure, content):
    phantom = Phantom(family=family, structure=structure, images=30, size=32)
    assert load_task(phantom, None).content_hash == content


def test_cached_copy_of_several_structures_is_the_same_task(folder, tmp_path, monkeypatch):
    fresh = load_task(folder(**PARTS), tmp_path / "cache")
    monkeypatch.setattr("segaug.data.tensors.decode", lambda *_: pytest.fail("decoded again"))
    again = load_task(folder(**PARTS), tmp_path / "cache")
    assert torch.equal(fresh.label.nan_to_num(-1), again.label.nan_to_num(-1))
    assert (again.form, again.content_hash) == (fresh.form, fresh.content_hash)


def test_a_mask_of_another_value_is_still_refused(folder, root):
    task = load_task(folder(**PARTS), None)
    save(root / f"masks/{task.ids[task.split.pool[0]]}.png", np.full((20, 24), 3, np.uint8))
    with pytest.raises(DataError, match="holds the values 3"):
        load_task(folder(**PARTS), None)


def test_overlap_is_refused_before_any_file_is_read(folder):
    with pytest.raises(ConfigError, match="whole and left overlap: both have the mask value 1"):
        folder(structure=["whole", "left"])


def test_a_list_comes_back_from_omegaconf(folder):
    for dataset in (folder(**PARTS), folder(**PARTS | {"structure": ["right", "left"]}), folder()):
        assert OmegaConf.to_object(OmegaConf.structured(dataset)) == dataset
    phantom = Phantom(family="template", structure=["lv", "rv"])
    assert OmegaConf.to_object(OmegaConf.structured(phantom)) == phantom


def test_phantoms_have_several_structures_on_the_same_images():
    parts = Phantom(family="template", structure=["lv", "myo", "rv"], images=30, size=32)
    both = load_task(dataclasses.replace(parts, structure="left_heart"), None)
    task = load_task(parts, None)
    assert task.label.shape == (30, 3, 32, 32)
    assert torch.equal(task.image, both.image)
    assert torch.equal(task.label[:, :2].sum(1).nan_to_num(-1), both.label[:, 0].nan_to_num(-1))


def test_the_floor_of_a_bce_is_refused_for_several_structures():
    with pytest.raises(
        ConfigError, match=r"dataset\.structure: chooses lung, heart, and the floor of a BCE is that of"
    ):
        Phantom(structure="all").floor_bce([0])


def test_one_image_in_another_file_is_a_leak_for_several_structures_too(folder, root):
    task = load_task(folder(**PARTS), None)
    first, second = (f"images/{task.ids[part[0]]}.png" for part in (task.split.test, task.split.pool))
    Image.open(root / first).convert("RGB").save(root / second)
    with pytest.raises(DataError, match="identical pixels"):
        load_task(folder(**PARTS), None)
