"""Volumes with known content, written by the libraries that others write them with."""

from pathlib import Path

import nibabel
import numpy as np
import pydicom
import SimpleITK
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
SERIES = generate_uid(entropy_srcs=["series"])


def head() -> np.ndarray:
    """(slices to superior, rows to posterior, columns to left) = (6, 5, 4): no two corners are alike."""
    voxels = np.arange(6 * 5 * 4, dtype=np.int16).reshape(6, 5, 4)
    voxels[0, 0] += 500  # foot, front
    voxels[:, :, 0] += 1000  # right
    return voxels


def affine(spacing=(3.0, 2.0, 1.5), origin=(-7.0, 11.0, 5.0), tilt_deg=0.0) -> np.ndarray:
    """(slice, row, column) of `head` to left, posterior, superior; tilted about two axes."""
    turn = np.deg2rad(tilt_deg)
    cos, sin = np.cos(turn), np.sin(turn)
    about_x = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    about_z = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    matrix = np.eye(4)
    matrix[:3, :3] = (about_z @ about_x @ np.eye(3)[:, ::-1]) * spacing
    matrix[:3, 3] = origin
    return matrix


def turned(voxels: np.ndarray, matrix: np.ndarray, order, flips) -> tuple[np.ndarray, np.ndarray]:
    """The same volume with its axes in another order and some turned round: what another scanner might store."""
    matrix = matrix.copy()
    for axis in flips:
        matrix[:3, 3] += matrix[:3, axis] * (voxels.shape[axis] - 1)
        matrix[:3, axis] *= -1
    return np.flip(voxels, flips).transpose(order).copy(), matrix[:, [*order, 3]]


def write_nifti(file: Path, voxels: np.ndarray, matrix: np.ndarray | None, **header) -> Path:
    """voxels: (slices, rows, columns), matrix as of `affine`; None: a file without orientation."""
    file.parent.mkdir(parents=True, exist_ok=True)
    stored = voxels.transpose(2, 1, 0, *range(3, voxels.ndim))
    ras = None if matrix is None else LPS_TO_RAS @ matrix[:, [2, 1, 0, 3]]
    image = nibabel.Nifti1Image(stored, ras)
    for name, value in header.items():
        image.header[name] = value
    nibabel.save(image, file)
    return file


def write_itk(file: Path, voxels: np.ndarray, matrix: np.ndarray) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    image = SimpleITK.GetImageFromArray(voxels)
    steps = matrix[:3, [2, 1, 0]]
    spacing = np.linalg.norm(steps, axis=0)
    image.SetSpacing(spacing.tolist())
    image.SetDirection((steps / spacing).ravel().tolist())
    image.SetOrigin(matrix[:3, 3].tolist())
    SimpleITK.WriteImage(image, str(file))
    return file


def write_slice(file: Path, pixels: np.ndarray, matrix: np.ndarray, place: int, **elements) -> Path:
    """One slice as DICOM; matrix: of its volume.  elements: by keyword, replace or add to the header."""
    file.parent.mkdir(parents=True, exist_ok=True)
    down, right = (matrix[:3, axis] / np.linalg.norm(matrix[:3, axis]) for axis in (1, 2))
    one = pydicom.Dataset()
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = elements.pop("syntax", ExplicitVRLittleEndian)
    one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID = MRImageStorage
    one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(file)])
    one.StudyInstanceUID = one.FrameOfReferenceUID = generate_uid(entropy_srcs=["study"])
    one.SeriesInstanceUID, one.Modality, one.SeriesDescription = SERIES, "MR", "t1"
    one.PatientID, one.PatientName, one.PatientBirthDate, one.PatientSex = "p", "p^", "", ""
    one.StudyDate, one.StudyTime, one.StudyID, one.AccessionNumber, one.ReferringPhysicianName = "", "", "", "", ""
    one.Rows, one.Columns = pixels.shape
    one.PixelSpacing = [float(np.linalg.norm(matrix[:3, axis])) for axis in (1, 2)]
    one.SliceThickness = float(np.linalg.norm(matrix[:3, 0]))
    one.ImageOrientationPatient = [round(float(value), 9) for value in (*right, *down)]
    one.ImagePositionPatient = [round(float(value), 6) for value in (matrix @ [place, 0, 0, 1])[:3]]
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.BitsAllocated = one.BitsStored = 16
    one.HighBit, one.PixelRepresentation = 15, int(pixels.dtype.kind == "i")
    little = one.file_meta.TransferSyntaxUID.is_little_endian
    one.PixelData = pixels.astype(pixels.dtype.newbyteorder("<" if little else ">")).tobytes()
    one["PixelData"].VR = "OW"
    for name, value in elements.items():
        setattr(one, name, value)
    pydicom.dcmwrite(file, one, enforce_file_format=True, implicit_vr=False, little_endian=little)
    return file


def write_series(folder: Path, voxels: np.ndarray, matrix: np.ndarray, **elements) -> Path:
    """A file a slice, whose names are in no order of their places."""
    for place, pixels in enumerate(voxels):
        write_slice(folder / f"{(place * 7 + 3) % len(voxels)}.dcm", pixels, matrix, place, **dict(elements))
    return folder
