import numpy as np
import pydicom
import pytest
from highdicom import AlgorithmIdentificationSequence
from highdicom.seg import SegmentAlgorithmTypeValues, Segmentation, SegmentDescription
from highdicom.seg import SegmentationTypeValues as Types
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

from segaug.data.formats.dicom import series_of
from segaug.data.formats.dicom_seg import read_segmentation
from segaug.data.formats.opened import MaskStack, Stack, opened_mask
from segaug.errors import DataError
from tests.data.formats.written import affine, head, write_series


def write_segmentation(file, folder, mask, kind=Types.BINARY):
    """mask: in the order of the series."""
    sources = [pydicom.dcmread(one.file) for one in series_of(folder)]
    program = AlgorithmIdentificationSequence(name="by hand", version="1", family=codes.cid7162.ArtificialIntelligence)
    described = [
        SegmentDescription(
            segment_number=number, segment_label=str(number), segmented_property_category=codes.SCT.Organ,
            segmented_property_type=codes.SCT.Brain, algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC,
            algorithm_identification=program,
        )
        for number in range(1, int(mask.max()) + 1)
    ]  # fmt: skip
    pixels = mask if kind is Types.BINARY else (mask > 0) * 0.5
    Segmentation(
        source_images=sources, pixel_array=pixels, segmentation_type=kind,
        segment_descriptions=described if kind is Types.BINARY else described[:1],
        series_instance_uid=generate_uid(), series_number=9, sop_instance_uid=generate_uid(), instance_number=1,
        manufacturer="m", manufacturer_model_name="m", software_versions="1", device_serial_number="1",
    ).save_as(file)  # fmt: skip
    return file


@pytest.fixture
def mask() -> np.ndarray:
    """Two slices of six hold something, with one between them that does not."""
    values = np.zeros(head().shape, np.uint8)
    values[2, 1:3, 1], values[4, 3, 2] = 1, 2
    return values


def test_slices_come_to_their_places_and_segments_keep_their_numbers(tmp_path, mask):
    folder = write_series(tmp_path / "series", head(), affine(tilt_deg=18))
    file = write_segmentation(tmp_path / "seg.dcm", folder, mask)
    assert len(read_segmentation(file).voxels) == 3
    image = Stack(files=tuple(one.file for one in series_of(folder)))
    assert np.array_equal(opened_mask(MaskStack(files=(file,), image=image), "axial").voxels, mask)


def test_a_segmentation_of_another_place_is_refused_with_both(tmp_path, mask):
    folder = write_series(tmp_path / "series", head(), affine())
    file = write_segmentation(tmp_path / "seg.dcm", write_series(tmp_path / "b", head(), affine((3, 2, 2))), mask)
    image = Stack(files=tuple(one.file for one in series_of(folder)))
    with pytest.raises(DataError, match=r"does not lie on the grid of its image .* \(affines \[.*\], \[.*\] and 6 x 5"):
        opened_mask(MaskStack(files=(file,), image=image), "axial")


def test_probabilities_and_images_are_refused(tmp_path, mask):
    folder = write_series(tmp_path / "series", head(), affine())
    with pytest.raises(DataError, match="is no DICOM segmentation but: MR Image Storage"):
        read_segmentation(folder / "0.dcm")
    file = write_segmentation(tmp_path / "seg.dcm", folder, mask, Types.FRACTIONAL)
    with pytest.raises(DataError, match="holds probabilities"):
        read_segmentation(file)
