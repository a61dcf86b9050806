import gzip
import struct

import nibabel
import numpy as np
import pytest

from segaug.data.formats.nifti import read_nifti
from segaug.data.formats.volume import labels
from segaug.errors import DataError
from tests.data.formats.written import affine, head, write_nifti


def said(read, *given) -> str:
    with pytest.raises(DataError) as caught:
        read(*given)
    return str(caught.value)


def test_slope_and_intercept_are_applied(tmp_path):
    image = nibabel.Nifti1Image(np.zeros((4, 5, 6)), np.eye(4))
    image.header.set_data_dtype(np.int16)
    values = head().transpose(2, 1, 0) * 0.25 - 3
    nibabel.save(nibabel.Nifti1Image(values, np.eye(4), image.header), tmp_path / "a.nii")
    stored = nibabel.load(tmp_path / "a.nii").header
    assert stored.get_slope_inter()[0] != 1
    np.testing.assert_allclose(read_nifti(tmp_path / "a.nii").voxels, head() * 0.25 - 3, atol=0.01)


def test_big_endian_and_version_two_are_read(tmp_path):
    for kind, endian in ((nibabel.Nifti1Image, ">"), (nibabel.Nifti2Image, "<"), (nibabel.Nifti2Image, ">")):
        header = kind.header_class(endianness=endian)
        header.set_data_dtype(np.int16)
        nibabel.save(kind(head().transpose(2, 1, 0), np.eye(4), header), tmp_path / "a.nii.gz")
        assert np.array_equal(read_nifti(tmp_path / "a.nii.gz").voxels, head())


@pytest.mark.parametrize(("code", "mm"), [(1, 1000), (2, 1), (3, 0.001)])
def test_spacing_is_in_mm_whatever_unit_the_file_has(tmp_path, code, mm):
    volume = read_nifti(write_nifti(tmp_path / "a.nii", head(), affine(), xyzt_units=code))
    np.testing.assert_allclose(volume.spacing_mm, np.array([3, 2, 1.5]) * mm, rtol=1e-5)


def test_a_file_without_orientation_says_so(tmp_path):
    assert not read_nifti(write_nifti(tmp_path / "a.nii", head(), None)).oriented


def test_4d_needs_a_channel(tmp_path):
    both = np.stack([head(), head() + 1], axis=-1)
    file = write_nifti(tmp_path / "a.nii.gz", both, affine())
    assert "is 4-D: 2 channels (or times) of 6 x 5 x 4 voxels; choose one of them, dataset.channel=0 to 1" in said(
        read_nifti, file
    )
    assert np.array_equal(read_nifti(file, 1).voxels, head() + 1)
    assert "dataset.channel is 2" in said(read_nifti, file, 2)


def test_channels_on_the_fifth_axis_are_channels(tmp_path):
    both = np.stack([head(), head() + 1], axis=-1)[:, :, :, None]
    assert np.array_equal(read_nifti(write_nifti(tmp_path / "a.nii", both, affine()), 1).voxels, head() + 1)


def test_masks_are_whole_numbers(tmp_path):
    mask = (head() > 100).astype(np.float32)
    file = write_nifti(tmp_path / "a.nii.gz", mask, affine())
    assert labels(file, read_nifti(file)).voxels.dtype == np.uint8
    mask[2, 2, 2] = 0.5
    file = write_nifti(tmp_path / "a.nii.gz", mask, affine())
    assert "holds 1 voxels that are no whole numbers, e.g. 0.5" in said(labels, file, read_nifti(file))


def claimed(shape: tuple[int, ...], dtype: type = np.int16, **fields) -> bytes:
    """A header and no voxel."""
    header = nibabel.Nifti1Header()
    header.set_data_dtype(dtype)
    header["dim"][: len(shape) + 1] = [len(shape), *shape]
    header["magic"], header["vox_offset"] = b"n+1", 352
    for name, value in fields.items():
        header[name] = value
    return header.binaryblock  # with four bytes that say: no extensions


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (claimed((30000, 30000, 30000)), "is too large to decode safely (30000 x 30000 x 30000 voxels)"),
        (claimed((500, 500, 500)), "is cut short: 348 bytes cannot hold the 250,000,352 that its header claims"),
        (claimed((4, -5, 6)), "claims a size of 4 x -5 x 6 voxels"),
        (claimed((4, 5, 6), vox_offset=1e12), "claims voxels at byte"),
        (claimed((4, 5, 6), np.complex64), "holds complex numbers"),
        (claimed((4, 5, 6), magic=b"ni1"), "whose voxels lie in another file"),
        (b"\x89PNG" * 200, "is no NIfTI file"),
        (b"", "is no NIfTI file"),
    ],
)
def test_what_a_header_claims_is_looked_at_first(tmp_path, data, words):
    (tmp_path / "a.nii").write_bytes(data)
    assert words in said(read_nifti, tmp_path / "a.nii")


def test_no_more_comes_out_of_gzip_than_the_header_claims(tmp_path, monkeypatch):
    file = tmp_path / "a.nii.gz"
    file.write_bytes(gzip.compress(claimed((4, 5, 6)) + bytes(5_000_000)))
    taken = []
    read = gzip.GzipFile.read
    monkeypatch.setattr(gzip.GzipFile, "read", lambda self, size=-1: taken.append(size) or read(self, size))
    assert not read_nifti(file).voxels.any()
    assert taken
    assert all(0 <= size <= 1000 for size in taken)


def test_damaged_gzip_is_one_sentence(tmp_path):
    file = write_nifti(tmp_path / "a.nii.gz", head(), affine())
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    assert "cannot be decoded" in said(read_nifti, file)
    file.write_bytes(whole[:-8] + struct.pack("<I", 7) + whole[-4:])  # the checksum
    assert "cannot be decoded" in said(read_nifti, file)
