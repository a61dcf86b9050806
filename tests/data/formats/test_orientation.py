"""An asymmetric object comes out the same, whichever library wrote it, however its axes were stored."""

import numpy as np
import pytest

from segaug.data.formats.dicom import read_series, series_of
from segaug.data.formats.itk import read_itk
from segaug.data.formats.nifti import read_nifti
from segaug.data.formats.volume import Volume, view
from tests.data.formats.written import affine, head, turned, write_itk, write_nifti, write_series

STORED = [  # order of the axes, and which are turned round
    ((0, 1, 2), ()),
    ((0, 1, 2), (2,)),
    ((0, 1, 2), (0, 1)),
    ((2, 0, 1), ()),
    ((2, 0, 1), (0, 2)),
    ((1, 0, 2), (1,)),
    ((2, 1, 0), (0, 1, 2)),
    ((1, 2, 0), (0,)),
]


def by_nifti(tmp_path, voxels, matrix):
    return read_nifti(write_nifti(tmp_path / "a.nii.gz", voxels, matrix))


def by_mha(tmp_path, voxels, matrix):
    return read_itk(write_itk(tmp_path / "a.mha", voxels, matrix))


def by_nrrd(tmp_path, voxels, matrix):
    return read_itk(write_itk(tmp_path / "a.nrrd", voxels, matrix))


def by_dicom(tmp_path, voxels, matrix):
    return read_series(series_of(write_series(tmp_path / "series", voxels, matrix)))


@pytest.mark.parametrize(("order", "flips", "tilt_deg"), [*((*stored, 18) for stored in STORED), (*STORED[4], 0)])
@pytest.mark.parametrize("way", [by_nifti, by_mha, by_nrrd, by_dicom])
def test_the_object_comes_out_the_same(tmp_path, way, order, flips, tilt_deg):
    whole = affine(tilt_deg=tilt_deg)
    voxels, matrix = turned(head(), whole, order, flips)
    if np.linalg.det(matrix[:3, :3]) > 0 and way is not by_nifti:  # DICOM and ITK have no mirrored axes
        voxels, matrix = voxels[::-1].copy(), np.concatenate([-matrix[:, :1], matrix[:, 1:]], axis=1)
        matrix[:3, 3] -= matrix[:3, 0] * (len(voxels) - 1)
    seen = view(way(tmp_path, voxels, matrix), "axial")
    assert np.array_equal(seen.voxels, head())
    np.testing.assert_allclose(seen.affine, whole, atol=1e-4)
    np.testing.assert_allclose(seen.spacing_mm, (3.0, 2.0, 1.5), rtol=1e-5)
    assert seen.oriented


def test_views_have_the_feet_below_and_the_front_to_the_left():
    volume = Volume(voxels=head(), affine=affine())
    sagittal, coronal = view(volume, "sagittal"), view(volume, "coronal")
    assert np.array_equal(sagittal.voxels, head().transpose(2, 0, 1)[:, ::-1])
    assert np.array_equal(coronal.voxels, head().transpose(1, 0, 2)[:, ::-1])
    assert sagittal.spacing_mm == (1.5, 3.0, 2.0)
    assert coronal.spacing_mm == (2.0, 3.0, 1.5)


@pytest.mark.parametrize("axis", ["axial", "sagittal", "coronal"])
def test_a_view_moves_no_voxel(axis):
    whole = Volume(voxels=head(), affine=affine(tilt_deg=18))
    seen = view(whole, axis)
    for place in ((0, 0, 0), (1, 2, 3), (3, 1, 2)):
        at = np.linalg.inv(whole.affine) @ seen.affine @ [*place, 1]
        assert seen.voxels[place] == whole.voxels[tuple(np.round(at[:3]).astype(int))]
