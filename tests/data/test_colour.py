"""Tasks in colour: three channels, one range over them, grey images repeated and counted."""

import numpy as np
import pytest
import torch
from PIL import Image

from segaug.data.cache import load_cached
from segaug.data.kinds.folder import Folder
from segaug.data.pixels import content_hash, in_channels, network_image
from segaug.data.tensors import load_task
from segaug.errors import ConfigError, DataError
from segaug.grey import grey
from tests.data.small_sets import image_and_mask, save

GREY_ROWS = 5


def tinted(number: int) -> np.ndarray:
    """The image of a case with a colour cast of its own, (20, 24, 3)."""
    return (image_and_mask(number)[0][..., None] * np.array([1.0, 0.8, 0.3 + 0.02 * number])).astype(np.uint8)


@pytest.fixture
def colours(root, folder):
    """make(**options): the set of `root` with its images in colour, but for the last five."""
    for number in range(24 - GREY_ROWS):
        save(root / f"images/p{number // 2:02}_{number % 2}.png", tinted(number))
    return lambda **options: folder(**{"colour": True, **options})


def test_three_channels_from_one_range(colours, root):
    task = load_task(colours(size=20, crop=20), None)
    assert task.form.channels == 3
    assert task.image.shape == (24, 3, 20, 20)
    stored = np.moveaxis(tinted(0)[:, 2:22].astype(np.float32), 2, 0)
    want = (stored - stored.min()) / (stored.max() - stored.min())
    torch.testing.assert_close(task.image[0], torch.from_numpy(want))
    assert task.image[0].amax((1, 2)).unique().numel() == 3  # the channels keep their proportions


def test_channels_are_reduced_each_by_itself():
    pixels = np.random.default_rng(0).random((40, 30, 3), np.float32)
    pixels[0, 0], pixels[0, 1] = 0, 1  # each channel spans the range, so that both ways scale alike
    dataset = Folder(structures={"a": [1]}, structure="a", size=16)
    image = network_image(pixels, dataset, "x")
    for channel in range(3):
        alone = network_image(pixels[..., channel], dataset, "x")
        torch.testing.assert_close(image[channel], alone[0], atol=1e-6, rtol=0)


def test_grey_images_are_repeated_and_counted(colours):
    task = load_task(colours(), None)
    assert task.repeated_grey == GREY_ROWS
    repeated = task.image[-GREY_ROWS:]
    assert torch.equal(repeated, repeated[:, :1].expand(-1, 3, -1, -1))
    in_grey = load_task(colours(colour=False), None)
    assert in_grey.repeated_grey == 0
    assert torch.equal(grey(repeated), in_grey.image[-GREY_ROWS:])
    assert torch.equal(task.label.nan_to_num(-1), in_grey.label.nan_to_num(-1))
    assert task.split == in_grey.split


def test_cached_copy_in_colour_keeps_the_count(colours, tmp_path, monkeypatch):
    fresh = load_task(colours(), tmp_path / "cache")
    monkeypatch.setattr("segaug.data.tensors.decode", lambda *_: pytest.fail("decoded again"))
    again = load_task(colours(), tmp_path / "cache")
    assert torch.equal(fresh.image, again.image)
    assert (again.repeated_grey, again.content_hash) == (GREY_ROWS, fresh.content_hash)


@pytest.mark.parametrize("count", ["4", "x"])
def test_a_changed_count_is_a_damaged_copy(colours, tmp_path, count):
    load_task(colours(), tmp_path / "cache")
    (path,) = (tmp_path / "cache").iterdir()
    path.write_bytes(path.read_bytes().replace(b'"repeated_grey":"5"', f'"repeated_grey":"{count}"'.encode()))
    with pytest.warns(UserWarning, match="damaged"):
        assert load_cached(path) is None


def test_copies_of_grey_tasks_are_written_as_before(folder, tmp_path):
    load_task(folder(), tmp_path / "cache")
    (path,) = (tmp_path / "cache").iterdir()
    assert b"repeated_grey" not in path.read_bytes()
    assert load_cached(path).repeated_grey == 0


def test_colour_is_part_of_the_content_and_false_is_not_mentioned(colours, folder):
    tasks = [load_task(colours(), None), load_task(colours(colour=False), None), load_task(folder(), None)]
    assert tasks[0].content_hash != tasks[1].content_hash == tasks[2].content_hash


def test_colour_of_a_grey_data_set_is_an_error(folder):
    with pytest.raises(ConfigError) as error:
        load_task(folder(colour=True), None)
    assert str(error.value) == (
        "dataset.colour: is true, but every image of the data set is grey (stored with one channel); "
        "set dataset.colour=false"
    )


def test_identical_images_are_found_also_where_one_is_stored_grey(colours, root):
    task = load_task(colours(), None)
    stored_grey = task.ids[-1]
    side = next(part for part in (task.split.test, task.split.pool) if len(task.ids) - 1 not in part)
    Image.open(root / f"images/{stored_grey}.png").convert("RGB").save(root / f"images/{task.ids[side[0]]}.png")
    with pytest.raises(DataError, match="identical pixels"):
        load_task(colours(), None)


def test_equal_luma_in_other_colours_is_no_leak(colours, root):
    assert content_hash(in_channels(np.array([[[0, 0, 250]]]), 3)) != content_hash(in_channels(np.array([[28.5]]), 3))
    assert in_channels(np.array([[[0, 0, 250]]]), 1) == in_channels(np.array([[28.5]]), 1)


def test_several_structures_in_colour(colours):
    task = load_task(colours(structures={"left": [1], "right": [2]}, structure="all"), None)
    assert (task.image.shape, task.label.shape) == ((24, 3, 16, 16), (24, 2, 16, 16))
    batch = task.batch(task.split.pool)
    assert (batch.image.shape[1], batch.label.shape[1], batch.source.unique().tolist()) == (3, 2, [0])
