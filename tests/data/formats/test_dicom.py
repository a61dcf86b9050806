import numpy as np
import pydicom
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, JPEGLosslessSV1, generate_uid

from segaug.data.formats.dicom import read_series, series_of
from segaug.errors import DataError
from tests.data.formats.written import affine, head, write_series, write_slice


def read(folder, series=None):
    return read_series(series_of(folder, series))


def said(folder, series=None) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, series)
    return str(caught.value)


def test_slope_big_endian_and_inverted_grey_are_honoured(tmp_path):
    rescaled = write_series(tmp_path / "a", head(), affine(), RescaleSlope=0.5, RescaleIntercept=-100)
    assert np.array_equal(read(rescaled).voxels, head() * 0.5 - 100)
    assert np.array_equal(
        read(write_series(tmp_path / "b", head(), affine(), syntax=ExplicitVRBigEndian)).voxels, head()
    )
    stored = head().astype(np.uint16)
    inverted = write_series(
        tmp_path / "c", stored, affine(), PhotometricInterpretation="MONOCHROME1", BitsStored=12, HighBit=11
    )
    assert np.array_equal(read(inverted).voxels, 4095 - stored)
    signed = write_series(tmp_path / "d", -head(), affine(), PhotometricInterpretation="MONOCHROME1")
    assert np.array_equal(read(signed).voxels, head() - 1)


def test_ct_is_in_hounsfield_units(tmp_path):
    assert read(write_series(tmp_path / "a", head(), affine(), Modality="CT")).unit == "HU"
    assert read(write_series(tmp_path / "b", head(), affine(), Modality="CT", RescaleType="US")).unit == ""
    assert read(write_series(tmp_path / "c", head(), affine())).unit == ""


def test_two_series_in_a_folder_need_a_choice(tmp_path):
    write_series(tmp_path, head(), affine())
    other = generate_uid(entropy_srcs=["other"])
    write_series(tmp_path / "inside", head() + 1, affine(), SeriesInstanceUID=other, SeriesDescription="t2")
    message = said(tmp_path)
    assert "holds 2 series" in message
    assert "(t1, 6 files)" in message
    assert f"{other} (t2, 6 files)" in message
    assert np.array_equal(read(tmp_path, "t2").voxels, head() + 1)
    assert np.array_equal(read(tmp_path, other).voxels, head() + 1)
    assert "has no series 't3'" in said(tmp_path, "t3")


def test_a_missing_slice_and_a_doubled_one_are_named(tmp_path):
    lacking = write_series(tmp_path / "a", head(), affine())
    (lacking / "0.dcm").unlink()  # the fourth
    assert "has 6 mm from slice to slice between 5.dcm and 1.dcm, elsewhere 3 mm" in said(lacking).replace(
        "1.dcm and 5.dcm", "5.dcm and 1.dcm"
    )
    twice = write_series(tmp_path / "b", head(), affine())
    write_slice(twice / "again.dcm", head()[2], affine(), 2)
    assert "holds two slices at one place" in said(twice)


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        ({"PixelSpacing": [9, 9]}, "of the same series has 9\\9"),
        ({"Rows": 4, "Columns": 5}, "of the same series has 4"),
        ({"ImagePositionPatient": None}, "so that the order of the 6 slices in its folder is not known"),
        ({"PhotometricInterpretation": "RGB"}, "is in colour (RGB)"),
        ({"NumberOfFrames": 3}, "holds 3 frames"),
        ({"NumberOfFrames": 10**9}, "is too large to decode safely"),
        ({"PixelData": bytes(38)}, "holds 38 bytes of pixels where 40 are claimed"),
        ({"PixelData": bytes(80)}, "holds 80 bytes of pixels where 40 are claimed"),
    ],
)
def test_one_odd_slice_is_named(tmp_path, elements, words):
    folder = write_series(tmp_path, head(), affine())
    write_slice(folder / "0.dcm", head()[3], affine(), 3, **elements)
    message = said(folder)
    assert words in message
    assert "0.dcm" in message


def test_what_nothing_decodes_is_refused_by_its_name(tmp_path):
    file = write_slice(tmp_path / "a.dcm", head()[0], affine(), 0)
    stored = pydicom.dcmread(file)
    stored.PixelData = pydicom.encaps.encapsulate([bytes(40)])
    stored["PixelData"].VR = "OB"
    stored.file_meta.TransferSyntaxUID = JPEGLosslessSV1
    stored.save_as(file)
    assert "is encapsulated as JPEG Lossless, Non-Hierarchical, First-Order Prediction" in said(tmp_path)
    stored = pydicom.dcmread(write_slice(file, head()[0], affine(), 0))
    stored.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    stored.save_as(file)
    assert "is encapsulated as Deflated Explicit VR Little Endian" in said(tmp_path)


def test_other_files_are_passed_over_but_not_broken_ones(tmp_path):
    folder = write_series(tmp_path, head(), affine())
    (folder / "notes.txt").write_text("slices of p")
    (folder / "._0.dcm").write_bytes(b"of a Mac")
    (folder / "0.dcm").rename(folder / "0")  # a name without suffix, as scanners give
    assert np.array_equal(read(folder).voxels, head())
    (folder / "6.dcm").write_bytes(b"nothing")
    assert "6.dcm: is no DICOM file" in said(folder)
