"""The files that nibabel and pydicom ship for their own tests: read to stated shapes, or refused by name."""

from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from nibabel.testing import data_path

from segaug.data.formats.dicom import Slice, ordered, read_header, read_series
from segaug.data.formats.dicom_seg import read_segmentation
from segaug.data.formats.nifti import read_nifti
from segaug.data.formats.volume import view
from segaug.errors import DataError


def shipped(name: str) -> Path:
    found = pydicom.data.get_testdata_file(name, download=False)
    assert found, f"pydicom no longer ships {name}"
    return Path(found)


def read_dicom(name: str):
    file = shipped(name)
    return read_series(ordered(file, [Slice(file=file, header=read_header(file))]))


@pytest.mark.parametrize(
    ("name", "channel", "shape", "spacing_mm"),
    [
        ("anatomical.nii", None, (25, 41, 33), (2, 2, 2)),
        ("example4d.nii.gz", 1, (24, 96, 128), (2.2, 2, 2)),
        ("example_nifti2.nii.gz", 0, (12, 20, 32), (2.2, 2, 2)),
        ("functional.nii", 19, (3, 21, 17), (8, 4, 4)),
        ("reoriented_anat_moved.nii", None, (22, 26, 21), (4, 4, 4)),  # oblique, big-endian
        ("standard.nii.gz", None, (7, 5, 4), (2, 3, 1)),
    ],
)
def test_nifti(name, channel, shape, spacing_mm):
    seen = view(read_nifti(Path(data_path) / name, channel), "axial")
    assert seen.voxels.shape == shape
    np.testing.assert_allclose(seen.spacing_mm, spacing_mm, rtol=1e-5)
    assert (np.diag(seen.affine[:3, [2, 1, 0]]) > 0).all()


@pytest.mark.parametrize("name", ["example4d.nii.gz", "example_nifti2.nii.gz", "functional.nii"])
def test_nifti_of_four_axes_needs_a_channel(name):
    with pytest.raises(DataError, match=r"is 4-D: [0-9]+ channels \(or times\) of .*; choose one of them"):
        read_nifti(Path(data_path) / name)


def test_one_picture_is_the_same_in_every_encoding():
    plain = read_dicom("MR_small.dcm")
    assert (plain.voxels.shape, plain.voxels.min(), plain.voxels.max()) == ((1, 64, 64), 127, 2145)
    for name in ("bigendian", "expb", "implicit", "RLE", "jp2klossless", "jpeg_ls_lossless", "padded"):
        assert np.array_equal(read_dicom(f"MR_small_{name}.dcm").voxels, plain.voxels), name


@pytest.mark.parametrize(
    ("name", "shape", "unit"),
    [
        ("CT_small.dcm", (1, 128, 128), "HU"),
        ("693_J2KI.dcm", (1, 512, 512), "HU"),
        ("JPEG2000.dcm", (1, 1024, 256), ""),
        ("examples_overlay.dcm", (1, 300, 484), ""),
        ("rtdose_rle_1frame.dcm", (1, 10, 10), ""),
    ],
)
def test_dicom(name, shape, unit):
    volume = read_dicom(name)
    assert (volume.voxels.shape, volume.unit) == (shape, unit)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("MR_truncated.dcm", "holds 8,130 bytes of pixels where 8,192 are claimed"),
        ("JPGExtended.dcm", r"is encapsulated as JPEG Extended \(Process 2 and 4\), and cannot be decoded"),
        ("JPEG2000-embedded-sequence-delimiter.dcm", "is encapsulated as JPEG 2000 Image Compression"),
        ("image_dfl.dcm", "is encapsulated as Deflated Explicit VR Little Endian"),
        ("rtstruct.dcm", r"holds no DICOM image \(but: RT Structure Set Storage\)"),
        ("rtplan.dcm", r"holds no DICOM image \(but: RT Plan Storage\)"),
        ("liver_1frame.dcm", r"holds no DICOM image \(but: Segmentation Storage\)"),
        ("rtdose.dcm", "holds 15 frames"),
        ("examples_palette.dcm", r"is in colour \(PALETTE COLOR\)"),
        ("SC_rgb_rle.dcm", r"is in colour \(RGB\)"),
        ("badVR.dcm", "cannot be decoded"),
        ("no_meta.dcm", "is no DICOM file"),
    ],
)
def test_dicom_that_is_refused(name, words):
    with pytest.raises(DataError, match=words) as caught:
        read_dicom(name)
    assert str(shipped(name)) in str(caught.value)


def test_segmentation():
    volume = read_segmentation(shipped("liver_1frame.dcm"))
    assert (volume.voxels.shape, int(volume.voxels.sum())) == ((1, 512, 512), 36233)
    with pytest.raises(DataError, match="cannot be decoded"):
        read_segmentation(shipped("liver_expb_1frame.dcm"))
