"""`segaug register` on slices of volumes."""

import numpy as np
import pytest

from segaug.cli.main import main
from segaug.cli.register_input import read_pair
from segaug.data.formats.cut import cut_of
from segaug.data.pixels import unit_range
from tests.data.formats.written import affine, write_nifti
from tests.registration.examples import blob


def ball(centre=(0.5, 0.45), radii=(0.25, 0.2)) -> np.ndarray:
    """(slices, rows, columns) = (9, 16, 18), 16 bit."""
    plane = np.round(3000 * blob((16, 18), centre, radii)[0, 0].numpy()).astype(np.uint16)
    return np.stack([plane // share for share in (9, 5, 4, 2, 1, 2, 4, 5, 9)])


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_nifti(tmp_path / "moving.nii.gz", ball(), affine())
    write_nifti(tmp_path / "fixed.nii.gz", ball((0.45, 0.5), (0.2, 0.27)), affine())
    write_nifti(tmp_path / "mask.nii.gz", (ball() > 1000).astype(np.uint8) * 3, affine())
    return tmp_path


def refusal(capsys, *words):
    assert main(["register", *words]) == 2
    return capsys.readouterr().err


def test_the_slices_are_a_pair_with_a_mask(files):
    paths = [files / f"{name}.nii.gz" for name in ("moving", "fixed", "mask")]
    pair = read_pair(*paths, pad=False, cut=cut_of("coronal:9", "--slice"))
    np.testing.assert_allclose(pair.moving, unit_range(ball()[::-1, 9].astype(np.float32)), atol=1e-6)
    assert pair.fixed.shape == (9, 18)
    assert np.array_equal(pair.mask, (ball()[::-1, 9] > 1000) * 3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "is a volume of 9 axial slices; choose one, e.g. --slice axial:4, or along sagittal or coronal"),
        (("--slice", "axial:9"), "has 9 axial slices; use --slice axial:0 to 8"),
        (("--slice", "z"), "--slice: got z; write it as axial:17"),
    ],
)
def test_a_slice_is_asked_for(files, capsys, words, said):
    assert said in refusal(capsys, "moving.nii.gz", "fixed.nii.gz", *words)


def test_a_mask_of_another_place_is_refused(files, capsys):
    write_nifti(files / "mask.nii.gz", (ball() > 1000).astype(np.uint8), affine(origin=(0, 0, 0)))
    shown = refusal(capsys, "moving.nii.gz", "fixed.nii.gz", "--mask", "mask.nii.gz", "--slice", "axial:2")
    assert "as affine, its image" in shown
