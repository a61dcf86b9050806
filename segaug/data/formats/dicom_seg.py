"""DICOM segmentations (DICOM-SEG), read by highdicom: the number of each segment is its mask value."""

from pathlib import Path

import numpy as np

from segaug.data.formats.bounds import decoding, library, refuse_many
from segaug.data.formats.dicom import SEGMENTATIONS, class_of, read_header
from segaug.data.formats.volume import Volume, located
from segaug.errors import DataError


def read_segmentation(file: Path) -> Volume:
    """Mask values between the first and the last slice that the file names; slices it leaves out hold 0."""
    header = read_header(file)
    if header.get("SOPClassUID") not in SEGMENTATIONS:
        problem = f"is no DICOM segmentation but: {class_of(header)}"
        raise DataError(file=file, problem=problem, fix="give the mask as DICOM-SEG or NIfTI")
    if header.get("SegmentationType") == "FRACTIONAL":
        problem = "holds probabilities (a FRACTIONAL segmentation)"
        raise DataError(file=file, problem=problem, fix="export it as BINARY, so that the threshold is your choice")
    with decoding(file):
        refuse_many(file, (int(header.get("NumberOfFrames") or 1), int(header.Rows), int(header.Columns)))
    with library("highdicom", "medical", file):
        import highdicom
    with decoding(file):
        segmentation = highdicom.seg.segread(file)
        geometry = segmentation.get_volume_geometry(allow_missing_positions=True)
        if geometry is None:
            fix = "export it with slices at even distances"
            raise DataError(file=file, problem="has frames that are no stack of even slices", fix=fix)
        refuse_many(file, geometry.spatial_shape)
        found = segmentation.get_volume(combine_segments=True)
    return Volume(voxels=np.asarray(found.array), affine=located(file, np.array(found.affine, float)))
