"""The tasks of several sources as one: what stays of each, and what is refused."""

import shutil
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from segaug.data.pooled import Pooled, SourceError
from segaug.data.task import Task
from segaug.data.tensors import load_task
from segaug.errors import ConfigError, DataError
from tests.data.small_sets import image_and_mask, save

BASE_PARTS = ("test", "validation", "external")


@pytest.fixture
def other(tmp_path, folder):
    """Another set with the same file names: nine patients p00..p08 with two images each, of other grey values."""
    home = tmp_path / "other"
    for number in range(18):
        image, mask = image_and_mask(100 + number)
        save(home / "images" / f"p{number // 2:02}_{number % 2}.png", image // 2 + 100)
        save(home / "masks" / f"p{number // 2:02}_{number % 2}.png", mask)
    return folder(root=str(home))


@pytest.fixture
def pooled(folder, other) -> Callable[..., Pooled]:
    """Make the pooled data set of both, with options replaced."""

    def make(**options: object) -> Pooled:
        dataset = Pooled(**{"base": "ours", "added": ["theirs"], **options})
        return dataset.with_sources({"ours": folder(), "theirs": other})

    return make


def images_of(task: Task, rows: tuple[int, ...]) -> torch.Tensor:
    return task.image[list(rows)]


def test_the_base_keeps_its_rows(pooled, folder):
    alone, both = load_task(folder(), None), load_task(pooled(), None)
    count = len(alone.ids)
    assert (both.ids[:count], both.patients[:count]) == (alone.ids, alone.patients)
    torch.testing.assert_close(both.label[:count], alone.label, rtol=0, atol=0, equal_nan=True)
    assert torch.equal(both.image[:count], alone.image)
    assert all(getattr(both.split, part) == getattr(alone.split, part) for part in BASE_PARTS)
    assert both.pool_of(0) == alone.split.pool == both.split.pool[: len(alone.split.pool)]
    assert torch.equal(both.batch(alone.split.pool).index, alone.batch(alone.split.pool).index)
    assert (both.base_hash, alone.base_hash) == (alone.content_hash, "")


def test_of_an_added_source_there_are_pool_and_test(pooled, other):
    alone, both = load_task(other, None), load_task(pooled(), None)
    (test,) = both.added_tests
    assert torch.equal(images_of(both, both.pool_of(1)), images_of(alone, alone.split.pool))
    assert torch.equal(images_of(both, test), images_of(alone, alone.split.test))
    assert [both.ids[row] for row in test] == [f"theirs/{alone.ids[row]}" for row in alone.split.test]
    assert not torch.isnan(both.label[[*both.pool_of(1), *test]]).any()
    assert not set(test) & set(both.split.pool)
    assert both.source.bincount().tolist() == [24, len(alone.split.pool) + len(test)]


def test_patients_of_one_name_in_two_sources_are_kept_apart(pooled, folder):
    both = load_task(pooled(), None)
    ours, theirs = ({both.patients[row] for row in both.pool_of(place)} for place in (0, 1))
    assert not ours & theirs
    assert all(patient.startswith("theirs/p") for patient in theirs)


def test_content_names_the_sources_and_not_how_many_are_used(pooled, folder, other):
    hashes = [load_task(pooled(k=k), None).content_hash for k in (0, 2)]
    swapped = Pooled(base="theirs", added=["ours"]).with_sources({"ours": folder(), "theirs": other})
    assert hashes[0] == hashes[1] != load_task(swapped, None).content_hash


def test_each_source_is_cached_by_itself_and_shared_with_its_own_task(pooled, folder, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    load_task(folder(), cache)
    first = load_task(pooled(k=2), cache)
    assert len(list(cache.iterdir())) == 2
    monkeypatch.setattr("segaug.data.tensors.decode", lambda *_: pytest.fail("decoded again"))
    again = load_task(pooled(k=4), cache)
    assert torch.equal(first.image, again.image)


def first_of(task: Task, part: str) -> str:
    return task.ids[getattr(task.split, part)[0]]


@pytest.mark.parametrize(
    ("part", "ours", "refused"),
    [
        ("pool", "test", True), ("pool", "validation", True), ("pool", "external", True), ("pool", "pool", False),
        ("test", "pool", True), ("test", "validation", True), ("test", "test", False), ("validation", "test", False),
    ],
)  # fmt: skip
def test_one_image_in_two_sources_is_refused_on_two_sides(pooled, folder, other, root, tmp_path, part, ours, refused):
    one, same = first_of(load_task(other, None), part), first_of(load_task(folder(), None), ours)
    for kind in ("images", "masks"):
        shutil.copy(root / kind / f"{same}.png", tmp_path / "other" / kind / f"{one}.png")
    if not refused:
        load_task(pooled(), None)
        return
    with pytest.raises(DataError) as caught:
        load_task(pooled(), None)
    images = {f"image {same!r} of ours": ours, f"image {one!r} of theirs": part}
    first, second = sorted(images, key=str(caught.value).index)
    assert str(caught.value) == (
        f"{first}: has identical pixels as {second}, but is in the {images[first]} set while that is in the "
        f"{images[second]} set; delete one of them, or pool other sources"
    )


def test_grey_files_are_repeated_beside_a_source_in_colour(pooled, root):
    for path in sorted((root / "images").iterdir()):
        grey = np.asarray(Image.open(path))
        Image.fromarray(np.stack([grey, grey // 2, 255 - grey], axis=-1)).save(path)
    task = load_task(pooled(colour=True), None)
    assert task.image.shape[1] == 3
    assert task.repeated_grey == 18
    added = images_of(task, task.pool_of(1))
    assert torch.equal(added[:, :1].expand_as(added), added)
    assert not torch.equal(task.image[0, 0], task.image[0, 1])


def test_colour_of_grey_sources_alone_is_an_error(pooled):
    with pytest.raises(ConfigError, match=r"^dataset.colour: is true, but every image of the data set is grey"):
        load_task(pooled(colour=True), None)


def test_a_source_without_masks_is_refused_by_its_name(pooled, tmp_path):
    shutil.rmtree(tmp_path / "other" / "masks")
    with pytest.raises(
        SourceError, match=r"^dataset.added: theirs: .*/other/masks: does not exist; .*dataset=theirs\)$"
    ):
        load_task(pooled(), None)


def test_sources_of_generated_images_may_differ_in_their_masks_alone(pooled):
    """As the same cases drawn by another annotator: equal images, on the same sides."""
    from segaug.data.phantom import Phantom

    base = Phantom(images=60, size=16)
    dataset = Pooled(base="a", added=["b"]).with_sources({"a": base, "b": replace(base, label_noise=0.4)})
    task = load_task(dataset, None)
    assert torch.equal(images_of(task, task.pool_of(0)), images_of(task, task.pool_of(1)))
    assert not torch.equal(task.label[list(task.pool_of(0))], task.label[list(task.pool_of(1))])
