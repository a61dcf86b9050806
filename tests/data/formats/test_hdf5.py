"""HDF5: arrays of the file itself come back, whole or in part; nothing is read through a link to another file."""

import os
import zlib
from pathlib import Path

import numpy as np
import pytest

from segaug.data.formats import hdf5
from segaug.data.formats.hdf5 import headers, read
from segaug.errors import DataError

h5py = pytest.importorskip("h5py")
ARRAY = np.arange(120, dtype=np.float32).reshape(4, 5, 6)


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["secret"] = ARRAY
    with h5py.File(tmp_path / "a.h5", "w") as made:
        yield made


def told(file, name="bad", at=None):
    """The error of reading this name, once the file is written."""
    path = Path(file.filename)
    file.close()
    with pytest.raises(DataError) as error:
        read(path, name, at=at)
    return str(error.value)


@pytest.mark.parametrize("options", [{}, {"compression": "gzip", "shuffle": True}, {"compression": "lzf"},
                                     {"chunks": (3, 2, 4), "fletcher32": True}])  # fmt: skip
def test_arrays_come_back_whole_and_along_each_axis(tmp_path, options):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as made:
        made.create_dataset("case/image", data=ARRAY, **options)
        made["yes"] = np.array([True, False])
        made["case/soft"] = h5py.SoftLink("/case/image")
    assert {name: one.shape for name, one in headers(path).items()} == {"case/image": (4, 5, 6), "yes": (2,)}
    np.testing.assert_array_equal(read(path, "case/image"), ARRAY)
    np.testing.assert_array_equal(read(path, "case/soft"), ARRAY)
    for axis in range(3):
        np.testing.assert_array_equal(read(path, "case/image", axis, 3), ARRAY.take(3, axis))
    assert read(path, "yes").dtype == bool


def test_links_to_other_files_are_not_followed(file):
    file["bad"] = h5py.ExternalLink("other.h5", "/secret")
    assert "array 'bad' is a link to the file 'other.h5'; copy the array into the file" in told(file)


def test_nor_are_those_behind_groups_and_soft_links(file):
    file["group/out"] = h5py.ExternalLink("other.h5", "/")
    file["bad"] = h5py.SoftLink("/group/out/secret")
    assert "is a link to the file 'other.h5'" in told(file)


def test_links_in_a_circle_end(file):
    file["bad"] = h5py.SoftLink("/bad")
    group = file.create_group("group")
    group["self"] = group
    assert "'bad' is a link to itself" in told(file)


def test_a_virtual_array_is_refused(file):
    layout = h5py.VirtualLayout((4, 5, 6), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "secret", (4, 5, 6))
    file.create_virtual_dataset("bad", layout)
    assert "array 'bad' is put together from other files" in told(file)


def test_values_in_a_raw_file_are_refused(file, tmp_path):
    (tmp_path / "raw").write_bytes(b"secret" * 100)
    file.create_dataset("bad", (4,), "u1", external=[(os.fspath(tmp_path / "raw"), 0, 4)])
    assert "array 'bad' lies in other files" in told(file)


def test_a_filter_that_is_no_part_of_the_library_is_refused(file):
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((4,))
    plist.set_scaleoffset(h5py.h5z.SO_INT, 0)
    h5py.h5d.create(file.id, b"bad", h5py.h5t.STD_I32LE, h5py.h5s.create_simple((4,)), plist)
    assert "array 'bad' is packed by the filter 6; write it again with compression='gzip'" in told(file)


@pytest.mark.parametrize("at", [None, 0])
def test_a_chunk_that_unpacks_to_more_than_it_says_is_refused(file, monkeypatch, at):
    made = file.create_dataset("bad", (4, 8), "u1", chunks=(2, 8), compression="gzip")
    for row in (0, 2):
        made.id.write_direct_chunk((row, 0), zlib.compress(b"\0" * 10**6, 0))
    monkeypatch.setattr(hdf5, "SURELY_SMALL", 1000)
    assert "array 'bad' has a chunk that unpacks to more than its 16 bytes" in told(file, at=at)


@pytest.mark.parametrize(
    ("shape", "chunks", "message"),
    [((2**16, 2**16), None, "too large to decode safely"), ((2**20, 8), (1, 1), "too many chunks"),
     ((2**16, 2**14), (2**16, 2**14), "too many chunks, or too large ones")],
)  # fmt: skip
def test_what_would_fill_the_memory_is_refused(file, shape, chunks, message):
    file.create_dataset("bad", shape, "u1", chunks=chunks)
    assert message in told(file)


@pytest.mark.parametrize("value", ["text", np.array([b"a"], object), np.zeros(2, "f4,i4"), np.array([1j])])
def test_other_values_than_plain_numbers_are_refused(file, value):
    file["bad"] = value if not (isinstance(value, np.ndarray) and value.dtype == object) else [b"a", b"bcd"]
    assert "array 'bad' holds" in told(file)


def test_a_name_that_is_not_there_lists_what_is(file):
    file["group/image"] = ARRAY
    assert "has no array 'bad'; it holds group/image; set dataset.image_key" in told(file)


def test_groups_inside_of_groups_without_end_are_refused(file):
    file["/".join("abcdefghijkl") + "/x"] = 1
    assert "groups deeper than 8" in told(file)


@pytest.mark.parametrize("data", [b"", b"x" * 1000, b"\x89HDF\r\n\x1a\n" + b"\xff" * 500])
def test_damaged_files_are_named(tmp_path, data):
    (tmp_path / "b.h5").write_bytes(data)
    with pytest.raises(DataError, match=r"b\.h5: cannot be decoded"):
        headers(tmp_path / "b.h5")
