"""No path and no link leads out of a data set; no file blocks or fills its reader."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from segaug.data.place import MAX_FILE_BYTES, inside, refuse_foreign
from segaug.data.readers import read_image, read_mask
from segaug.data.table import read_table
from segaug.errors import ConfigError, DataError, UserError
from tests.data.entry import cache_name

PARTS = st.lists(st.sampled_from(["..", ".", "a", "", "b.png", "~", "\0", "/", "etc"]), max_size=5).map("/".join)


@given(part=PARTS)
def test_a_path_stays_inside_or_is_refused(tmp_path_factory, part):
    root = tmp_path_factory.getbasetemp()
    try:
        path = inside(root, part, "dataset.images")
    except UserError:
        return
    assert Path(os.path.normpath(path)).is_relative_to(root)
    assert path.resolve().is_relative_to(root.resolve())


@pytest.mark.parametrize("key", ["images", "masks", "table"])
@pytest.mark.parametrize("part", ["../elsewhere", "/etc", "images/../../elsewhere"])
def test_folders_and_table_named_outside_are_refused(folder, key, part):
    with pytest.raises(ConfigError, match=rf"dataset\.{key}: '.*' leads out of dataset\.root; name it relative"):
        folder(**{key: part}).cases()


@pytest.fixture
def elsewhere(tmp_path, root):
    """A folder outside of the data set with one file of each kind."""
    there = tmp_path / "elsewhere"
    there.mkdir()
    (root / "images/p03_1.png").rename(there / "p03_1.png")
    (there / "items.csv").write_text("id\np00_0\n")
    return there


def test_a_link_out_of_the_data_set_is_refused_unless_allowed(folder, root, elsewhere):
    (root / "images/p03_1.png").symlink_to(elsewhere / "p03_1.png")
    with pytest.raises(
        DataError, match=r"images/p03_1\.png: is a link to .*elsewhere/p03_1\.png, outside of .*follow_links"
    ):
        folder().cases()
    assert len(folder(follow_links=True).cases()) == 24


def test_a_link_inside_and_a_root_that_is_a_link_are_taken(folder, root, tmp_path):
    (root / "images/p03_1.png").rename(root / "kept.png")
    (root / "images/p03_1.png").symlink_to("../kept.png")
    (tmp_path / "alias").symlink_to(root)
    assert len(folder(root=str(tmp_path / "alias")).cases()) == 24


@pytest.mark.parametrize("name", ["images", "items.csv"])
def test_a_folder_or_table_that_is_a_link_out_is_refused(folder, root, elsewhere, name):
    if name == "images":
        (root / "images").rename(root / "other")
    (root / name).symlink_to(elsewhere if name == "images" else elsewhere / name)
    with pytest.raises(DataError, match=f"{name}: is a link to .*outside of"):
        folder(table="items.csv" if name == "items.csv" else None).cases()


def test_links_do_not_change_what_a_trial_is(folder):
    from segaug.data.task import DESCRIPTIVE

    assert "follow_links" in DESCRIPTIVE
    assert folder(follow_links=True).follow_links


@pytest.mark.parametrize(
    "read", [read_image, read_mask, read_table, lambda path: cache_name([_case(path)], [], {}, ())]
)
def test_a_pipe_is_refused_and_does_not_block(tmp_path, read):
    path = tmp_path / "a.png"
    os.mkfifo(path)
    told = []

    def attempt():
        try:
            read(path)
        except DataError as error:
            told.append(str(error))

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(5)
    assert told
    assert ": is no regular file; " in told[0] or "does not exist" in told[0]


@pytest.mark.parametrize(
    "read", [read_image, read_mask, read_table, lambda path: cache_name([_case(path)], [], {}, ())]
)
def test_a_file_that_is_larger_than_any_image_is_refused(tmp_path, read):
    path = tmp_path / "a.png"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)  # a hole: it takes no room
    with pytest.raises(DataError, match=r"a\.png: is too large to read safely \(400,000,001 bytes\)"):
        read(path)


def _case(path):
    from segaug.data.cases import FileCase

    return FileCase(id="a", patient="a", location="a", read_image=None, read_mask=None, image_file=path, mask_file=None)


def test_only_the_four_formats_are_tried(tmp_path):
    """Pillow starts Ghostscript for EPS, and knows some forty formats more."""
    for kind in ("EPS", "PPM", "TGA", "GIF", "WEBP", "PCX"):
        Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "a", format=kind)
        (tmp_path / "a").rename(tmp_path / "a.png")
        with pytest.raises(DataError, match=r"a\.png: cannot be decoded"):
            read_image(tmp_path / "a.png")


def test_a_jpeg_of_endless_scans_is_refused(tmp_path):
    path = tmp_path / "a.jpg"
    Image.fromarray(np.zeros((64, 64), np.uint8)).save(path, progressive=True)
    assert read_image(path).shape == (64, 64)
    data = path.read_bytes()
    start = data.index(b"\xff\xda")
    path.write_bytes(data[:start] + data[start:-2] * 200 + data[-2:])
    with pytest.raises(DataError, match=r"a\.jpg: is a JPEG of more than 100 scans; save it again"):
        read_image(path)


def test_many_frames_are_refused_without_counting_them(tmp_path):
    frame = Image.fromarray(np.zeros((2, 2), np.uint8))
    for suffix, kind in ((".tif", "TIFF"), (".png", "PNG"), (".jpg", "MPO")):
        path = tmp_path / f"a{suffix}"
        frame.save(path, format=kind, save_all=True, append_images=[Image.fromarray(np.full((2, 2), 9, np.uint8))] * 3)
        with pytest.raises(DataError, match="holds several frames; save one image per file"):
            read_image(path)


def test_links_in_a_circle_lead_nowhere_and_break_nothing(tmp_path):
    (tmp_path / "a.png").symlink_to("b.png")
    (tmp_path / "b.png").symlink_to("a.png")
    refuse_foreign(tmp_path / "a.png", tmp_path)
    with pytest.raises(DataError, match=r"a\.png: cannot be read \(Too many levels"):
        read_image(tmp_path / "a.png")
