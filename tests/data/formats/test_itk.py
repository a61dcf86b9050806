import numpy as np
import pytest
import SimpleITK

from segaug.data.formats.itk import read_itk
from segaug.errors import DataError
from tests.data.formats.written import affine, head, write_itk


def said(file, channel=None) -> str:
    with pytest.raises(DataError) as caught:
        read_itk(file, channel)
    return str(caught.value)


@pytest.mark.parametrize("suffix", [".mha", ".nrrd"])
def test_channels_are_components_or_a_fourth_axis(tmp_path, suffix):
    both = np.stack([head(), head() + 1], axis=-1)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(both, isVector=True), str(tmp_path / f"a{suffix}"))
    SimpleITK.WriteImage(
        SimpleITK.JoinSeries([SimpleITK.GetImageFromArray(both[..., k]) for k in (0, 1)]), str(tmp_path / f"b{suffix}")
    )
    for name in "ab":
        file = tmp_path / f"{name}{suffix}"
        assert "is 4-D: 2 channels (or times) of 6 x 5 x 4 voxels" in said(file)
        assert np.array_equal(read_itk(file, 1).voxels, head() + 1)


def test_compressed_files_are_read(tmp_path):
    for suffix in (".mha", ".nrrd"):
        file = tmp_path / f"a{suffix}"
        SimpleITK.WriteImage(SimpleITK.GetImageFromArray(head()), str(file), useCompression=True)
        assert np.array_equal(read_itk(file).voxels, head())


def test_no_path_in_a_file_is_followed(tmp_path):
    whole = head().astype("<i2").tobytes()
    (tmp_path / "a.raw").write_bytes(whole)
    (tmp_path / "a.mha").write_text(
        "NDims = 3\nDimSize = 4 5 6\nElementType = MET_SHORT\nElementDataFile = a.raw\nElementDataFile = LOCAL\n"
    )
    (tmp_path / "a.nrrd").write_text(
        "NRRD0004\ntype: short\ndimension: 3\nsizes: 4 5 6\nencoding: raw\nendian: little\ndata file: a.raw\n\n"
    )
    for name in ("a.mha", "a.nrrd"):
        assert "keeps its voxels in another file ('a.raw'), which is not followed" in said(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.mha", "NDims = 3\nDimSize = 9999 9999 9999\nElementDataFile = LOCAL\n", "is too large to decode safely"),
        ("a.mha", "NDims = 3\nDimSize = 400 500 600\nElementDataFile = LOCAL\n", "is cut short"),
        ("a.mha", "NDims = 3\nDimSize = 4 5 6\nDimSize = 4 5 9\nElementDataFile = LOCAL\n", "the field DimSize twice"),
        ("a.mha", "P5 4 4 255", "is no MetaImage"),
        ("a.nrrd", "NRRD0004\ntype: short\ndimension: 3\nsizes: 9999 9999 9999\n\n", "is too large to decode safely"),
        ("a.nrrd", "NRRD0004\ntype: short\ndimension: 3\nsizes: 4 five 6\n\n", "claims the size"),
        ("a.nrrd", "something", "is no NRRD file"),
        ("a.nrrd", "NRRD0004\ntype: nonsense\ndimension: 3\nsizes: 1 1 1\nencoding: raw\n\n1", "cannot be decoded"),
    ],
)
def test_what_a_header_claims_is_looked_at_first(tmp_path, name, text, words):
    (tmp_path / name).write_text(text)
    assert words in said(tmp_path / name)


def test_a_file_without_orientation_says_so(tmp_path):
    (tmp_path / "a.nrrd").write_bytes(
        b"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 1 1\nspacings: 1 2 3\nencoding: raw\n\n" + bytes([5, 6])
    )
    volume = read_itk(tmp_path / "a.nrrd")
    assert (volume.voxels.tolist(), volume.spacing_mm, volume.oriented) == ([[[5, 6]]], (3.0, 2.0, 1.0), False)
    assert read_itk(write_itk(tmp_path / "b.nrrd", head(), affine())).oriented
