"""Files of NumPy: plain numbers come back, and everything else is refused before it is unpacked."""

import io
import struct
import zipfile

import numpy as np
import pytest

from segaug.data.formats.npz import headers, read, read_npy
from segaug.errors import DataError

ARRAY = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def claimed(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    """A header without the values."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"shape": shape, "fortran_order": False, "descr": descr})
    return buffer.getvalue()


def packed(path, members, how=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("array", [ARRAY, ARRAY.astype(">u2"), np.asfortranarray(ARRAY), ARRAY > 3, ARRAY[:0]])
def test_arrays_come_back(tmp_path, save, array):
    save(tmp_path / "a.npz", one=array, other=ARRAY)
    found = headers(tmp_path / "a.npz")
    assert {name: one.shape for name, one in found.items()} == {"one": array.shape, "other": ARRAY.shape}
    np.testing.assert_array_equal(read(tmp_path / "a.npz", "one"), array)


def test_a_file_that_changes_is_read_again_and_what_is_kept_cannot_be_written_to(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, one=ARRAY)
    with pytest.raises(ValueError, match="read-only"):
        read(path, "one")[:] = 0
    np.savez(path, one=ARRAY[:1])
    assert read(path, "one").shape == (1, 3, 4)


def test_an_array_of_objects_is_refused_by_name_and_never_loaded(tmp_path):
    np.savez(tmp_path / "a.npz", image=ARRAY, label=np.array([{"a": 1}], dtype=object))
    for look in (lambda: headers(tmp_path / "a.npz"), lambda: read(tmp_path / "a.npz", "image")):
        with pytest.raises(
            DataError, match=r"a\.npz: array 'label' holds Python objects; save it as an array of plain"
        ):
            look()
    np.save(tmp_path / "a.npy", np.array([None]))
    with pytest.raises(DataError, match="holds Python objects"):
        read_npy(tmp_path / "a.npy")


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([1j]), np.zeros(2, "f4,i4"), np.zeros(1, np.longdouble)])
def test_other_values_than_plain_numbers_are_refused(tmp_path, array):
    np.savez(tmp_path / "a.npz", label=array)
    with pytest.raises(DataError, match=r"array 'label' holds values of type|cannot be decoded"):
        headers(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"a.npy": claimed((2**15, 2**15, 2))}, "bytes are there, and the header promises"),
        ({"a.npy": claimed((2**62, 2**62))}, "bytes are there, and the header promises"),
        ({"a.npy": claimed((-1, 3))}, "impossible"),
        ({"a.npy": npy(ARRAY)[:-4]}, "bytes are there"),
        ({"a.txt": b"hello"}, "'a.txt' is no array"),
        ({"a.npy": b"hello"}, "cannot be decoded"),
    ],
)  # fmt: skip
def test_what_the_header_claims_has_to_be_there(tmp_path, members, told):
    with pytest.raises(DataError, match=told):
        read(packed(tmp_path / "a.npz", members), "a")


def test_more_than_memory_is_refused_before_unpacking(tmp_path, monkeypatch):
    monkeypatch.setattr("segaug.data.formats.array_header.MAX_ELEMENTS", 10)
    np.savez_compressed(tmp_path / "a.npz", image=ARRAY)
    with pytest.raises(DataError, match=r"array 'image' is too large to decode safely \(24 elements of float32\)"):
        read(tmp_path / "a.npz", "image")


@pytest.mark.parametrize("how", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_other_ways_of_packing_are_refused(tmp_path, how):
    with pytest.raises(DataError, match="packed in another way"):
        headers(packed(tmp_path / "a.npz", {"a.npy": npy(ARRAY)}, how))


def test_a_list_of_arrays_without_end_is_refused_before_it_is_read(tmp_path):
    path = packed(tmp_path / "a.npz", {"a.npy": npy(ARRAY)})
    data = path.read_bytes()
    at = data.rfind(b"PK\x05\x06")
    path.write_bytes(data[: at + 8] + struct.pack("<HHI", 60_000, 60_000, 2**31) + data[at + 16 :])
    with pytest.raises(DataError, match="lists more than 10,000 arrays"):
        headers(path)


@pytest.mark.parametrize("spoil", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"x" * 400])
def test_damaged_files_are_named(tmp_path, spoil):
    path = packed(tmp_path / "a.npz", {"a.npy": npy(ARRAY)})
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(DataError, match=r"a\.npz: cannot be decoded"):
        headers(path)
