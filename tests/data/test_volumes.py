"""Volumes in the layouts that others publish: their slices, patients, pixels and masks."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segaug.data.cases import IncompleteDatasetError
from segaug.data.formats import opened
from segaug.data.formats.dicom import series_of
from segaug.data.kinds.volumes import Volumes
from segaug.data.rules.intensity import Intensity
from segaug.data.rules.slices import Slices
from segaug.data.task import SplitSizes
from segaug.data.tensors import load_task
from segaug.errors import ConfigError, DataError
from tests.data.formats.written import affine, head, write_itk, write_nifti, write_series

NAMES = tuple("abcdef")


def mask() -> np.ndarray:
    """Of `head`: slices 1 to 4 hold 1, slice 3 also 2."""
    values = np.zeros(head().shape, np.uint8)
    values[1:5, 1:3, 1:3], values[3, 0, 0] = 1, 2
    return values


def decathlon(root: Path) -> Path:
    for number, name in enumerate(NAMES):
        write_nifti(root / "imagesTr" / f"{name}.nii.gz", head() + number, affine())
        write_nifti(root / "labelsTr" / f"{name}.nii.gz", mask(), affine())
    return root


def nnunet(root: Path) -> Path:
    for number, name in enumerate(NAMES):
        for channel in (0, 1):
            file = root / "imagesTr" / f"{name}_000{channel}.nii.gz"
            write_nifti(file, head() + number + 100 * channel, affine())
        write_nifti(root / "labelsTr" / f"{name}.nii.gz", mask(), affine())
    (root / "dataset.json").write_text(json.dumps({"channel_names": {"0": "T1w", "1": "FLAIR"}}))
    return root


def one_folder_each(root: Path) -> Path:
    for number, name in enumerate(NAMES):
        write_itk(root / name / f"{name}_t1.mha", head() + number, affine())
        write_nifti(root / name / "seg.nii", mask(), affine())
    return root


def dicom(root: Path) -> Path:
    for number, name in enumerate(NAMES[:4]):
        write_series(root / "images" / name, head() + number, affine())
        write_nifti(root / "masks" / f"{name}.nii.gz", mask(), affine())
    return root


def dicom_and_png(root: Path) -> Path:
    for number, name in enumerate(NAMES[:4]):
        folder = write_series(root / "images" / name, head() + number, affine())
        for place, one in enumerate(series_of(folder)):
            file = root / "masks" / name / f"{one.file.stem}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(mask()[place]).save(file)
    return root


LAYOUTS = {  # options
    decathlon: {},
    nnunet: {"channel": 0},
    one_folder_each: {"images": "{id}/{id}_t1.mha", "masks": "{id}/seg.nii"},
    dicom: {"images": "images", "masks": "masks"},
    dicom_and_png: {"images": "images", "masks": "masks"},
}


def volumes(root: Path, **options) -> Volumes:
    own = {
        "structures": {"whole": [1, 2], "tip": [2]},
        "structure": "whole",
        "size": 8,
        "slices": Slices(per_patient=2, share_without=0.5),
        "split": SplitSizes(min_validation=2),
    }
    return Volumes(root=str(root), **{**own, **options})


def refused(dataset: Volumes) -> str:
    with pytest.raises((DataError, ConfigError)) as caught:
        dataset.cases()
    return str(caught.value)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_each_layout_gives_the_same_slices(tmp_path, layout):
    cases = volumes(layout(tmp_path), **LAYOUTS[layout]).cases()
    assert [case.id for case in cases[:6]] == ["a_s002", "a_s004", "a_s005", "b_s002", "b_s004", "b_s005"]
    assert [case.patient for case in cases[:4]] == ["a", "a", "a", "b"]
    for case in cases[:6]:
        place = int(case.id[-3:])
        assert np.array_equal(case.read_image(), head()[place] + (case.patient == "b"))
        assert np.array_equal(case.read_mask(), mask()[place])
        assert case.pixel_mm == pytest.approx((2, 1.5))
        assert len({case.image_file, *case.more_files}) == (6 if "dicom" in layout.__name__ else 1)


def test_a_task_has_the_spacing_of_the_files_and_goes_by_the_volume(tmp_path):
    task = load_task(volumes(decathlon(tmp_path), size=10), None)
    assert len(task.ids) == 3 * len(NAMES)
    assert task.spacing_mm[0].tolist() == pytest.approx([2 * 5 / 10, 1.5 * 4 / 10])
    whole = volumes(decathlon(tmp_path), size=10, intensity=Intensity(how="minmax", per="volume"))
    row = task.ids.index("a_s002")
    assert load_task(whole, None).image[row].max() < 0.99 < task.image[row].max()


def test_a_slice_is_that_of_the_axis(tmp_path):
    case = volumes(decathlon(tmp_path), slices=Slices(axis="coronal", per_patient=1, share_without=0)).cases()[0]
    place = int(case.id[-3:])
    assert np.array_equal(case.read_image(), head()[::-1, place])
    assert np.array_equal(case.read_mask(), mask()[::-1, place])
    assert case.pixel_mm == pytest.approx((3, 1.5))


def test_each_file_is_read_once(tmp_path, monkeypatch):
    read = []
    kinds = {suffix: lambda file, channel, reader=reader: read.append(file.name) or reader(file, channel)
             for suffix, reader in opened.READERS.items()}  # fmt: skip
    monkeypatch.setattr(opened, "READERS", kinds)
    dataset = volumes(decathlon(tmp_path))
    for case in dataset.cases():
        case.read_image()
        case.read_mask()
    assert len(read) == 2 * len(NAMES)
    write_nifti(tmp_path / "labelsTr" / "a.nii.gz", np.roll(mask(), -1, 0), affine())
    assert [case.id for case in dataset.cases()[:3]] == ["a_s001", "a_s003", "a_s005"]
    assert len(read) == 2 * len(NAMES) + 1  # the one that changed


def test_memory_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(opened, "KEPT_BYTES", 500)
    kept = opened._Kept()
    monkeypatch.setattr(opened, "_KEPT", kept)
    for case in volumes(decathlon(tmp_path)).cases():
        case.read_image()
        assert kept._bytes() <= 500


def test_channels_by_number_and_name(tmp_path):
    root = nnunet(tmp_path)
    for channel in (1, "1", "FLAIR", "flair"):
        assert volumes(root, channel=channel).cases()[0].read_image()[0, 0] == head()[2, 0, 0] + 100
    assert "holds the channels 0 (t1w), 1 (flair); choose one of them: dataset.channel=0" in refused(volumes(root))
    assert "got T2, and" in refused(volumes(root, channel="T2"))
    assert "files end in _0000, _0001" in refused(volumes(root, channel=4))
    with pytest.raises(ConfigError, match=r"dataset.channel: got -1"):
        volumes(root, channel=-1)


def test_a_4d_volume_without_a_channel_is_named(tmp_path):
    root = decathlon(tmp_path)
    write_nifti(root / "imagesTr" / "b.nii.gz", np.stack([head(), head() + 1], axis=-1), affine())
    cases = volumes(root).cases()
    with pytest.raises(DataError, match=r"b.nii.gz: is 4-D: 2 channels .*dataset.channel=0 to 1"):
        cases[3].read_image()
    with pytest.raises(DataError, match=r"b.nii.gz: is 4-D"):
        load_task(volumes(root), None)


@pytest.mark.parametrize(
    ("voxels", "matrix", "words"),
    [
        (head()[:-1], affine(), "has 6 x 5 x 4 voxels (slices x rows x columns), its image"),
        (head(), affine((3, 2, 2)), "has 3 x 2 x 1.5 mm spacing (slices x rows x columns), its image"),
        (head(), affine(origin=(0, 11, 5)), "has [[0, 0, 1.5, -7], [0, 2, 0, 11], [3, 0, 0, 5]] as affine, its image"),
        (head(), affine(tilt_deg=18), "as affine, its image"),
    ],
)
def test_an_image_apart_from_its_mask_is_refused_with_both_values(tmp_path, voxels, matrix, words):
    root = decathlon(tmp_path)
    write_nifti(root / "imagesTr" / "a.nii.gz", voxels, matrix)
    with pytest.raises(DataError) as caught:
        volumes(root).cases()[0].read_image()
    assert words in str(caught.value)
    assert str(root / "labelsTr" / "a.nii.gz") in str(caught.value)
    assert str(root / "imagesTr" / "a.nii.gz") in str(caught.value)


def test_a_mask_stored_in_another_order_is_on_its_image(tmp_path):
    root = decathlon(tmp_path)
    matrix = affine()
    matrix[:3, 3] += matrix[:3, 0] * 5
    matrix[:3, 0] *= -1
    write_nifti(root / "labelsTr" / "a.nii.gz", mask()[::-1], matrix)
    case = volumes(root).cases()[0]
    assert np.array_equal(case.read_image(), head()[2])
    assert np.array_equal(case.read_mask(), mask()[2])


def test_everything_that_is_missing_is_named(tmp_path):
    root = decathlon(tmp_path)
    (root / "labelsTr" / "a.nii.gz").unlink()
    (root / "imagesTr" / "b.nii.gz").unlink()
    (root / "labelsTr" / "c.nii.gz").write_bytes(b"torn")
    write_nifti(root / "labelsTr" / "d.nii.gz", mask() * 0.3, affine())
    write_nifti(root / "imagesTr" / "e.nii.gz", head(), None)
    write_nifti(root / "labelsTr" / "e.nii.gz", mask(), None)
    with pytest.raises(IncompleteDatasetError) as caught:
        volumes(root).cases()
    told = "\n".join(map(str, caught.value.problems))
    assert "a.nii.gz: there is no a in" in told
    assert "b.nii.gz: has no image b in" in told
    assert "c.nii.gz: cannot be decoded" in told
    assert "d.nii.gz: holds" in told
    assert "e.nii.gz: does not say how it lies in the patient" in told
    assert {case.patient for case in caught.value.cases} == {"f"}
    assert volumes(root, unoriented=True, where={}).slices  # an option of the kind


def test_files_without_orientation_can_be_taken_as_they_are(tmp_path):
    for name in NAMES:
        write_nifti(tmp_path / "imagesTr" / f"{name}.nii", head(), None)
        write_nifti(tmp_path / "labelsTr" / f"{name}.nii", mask(), None)
    assert "does not say how it lies" in refused(volumes(tmp_path))
    cases = volumes(tmp_path, unoriented=True).cases()
    assert sorted(cases[0].read_image().ravel()) == sorted(head()[2].ravel())


def test_a_rule_that_leaves_nothing_is_one_sentence(tmp_path):
    message = refused(volumes(decathlon(tmp_path), structures={"none": [7]}, structure="none"))
    assert message == (
        "dataset.slices: no slice of 6 volumes holds none (mask values 7); correct dataset.structures or dataset.root"
    )


def test_what_was_left_out_is_counted(tmp_path):
    root = decathlon(tmp_path)
    write_nifti(root / "labelsTr" / "a.nii.gz", mask() * 0, affine())
    left = volumes(root).left_out()
    assert (left.taken, left.of, left.taken_without, left.of_without) == (10, 20, 5, 16)
    assert left.patients_without == ("a",)


def test_volumes_of_one_patient_share_its_slices(tmp_path):
    root = decathlon(tmp_path)
    for place in ("imagesTr", "labelsTr"):
        shutil.copy(root / place / "a.nii.gz", root / place / "a2.nii.gz")
    cases = volumes(root, patient_pattern="^([a-f])").cases()
    assert [case.id for case in cases if case.patient == "a"] == ["a_s003", "a2_s000", "a2_s003"]


def test_two_series_in_one_folder(tmp_path):
    root = dicom(tmp_path)
    write_series(
        root / "images" / "a" / "again", head() + 50, affine(), SeriesInstanceUID="1.2.3", SeriesDescription="t2"
    )
    options = LAYOUTS[dicom]
    assert "a: holds 2 series" in refused(volumes(root, **options))


def test_ct_asks_for_a_window(tmp_path):
    root = dicom(tmp_path)
    for number, name in enumerate(NAMES[:4]):
        write_series(root / "images" / name, head() + number, affine(), Modality="CT")
    with pytest.raises(ConfigError, match="CT in Hounsfield units"):
        load_task(volumes(root, **LAYOUTS[dicom]), None)
    load_task(volumes(root, **LAYOUTS[dicom], intensity=Intensity(window=[0, 500])), None)


def test_png_masks_have_the_names_of_their_slices(tmp_path):
    root = dicom_and_png(tmp_path)
    (root / "masks" / "a" / "0.png").rename(root / "masks" / "a" / "00.png")
    with pytest.raises(IncompleteDatasetError, match=r"masks/a: has no mask of the slice .*0.dcm \(1 such slices\)"):
        volumes(root, **LAYOUTS[dicom_and_png]).cases()


def test_links_and_paths_out_of_root_are_refused(tmp_path):
    root = decathlon(tmp_path / "own")
    write_nifti(tmp_path / "x.nii.gz", head(), affine())
    (root / "imagesTr" / "x.nii.gz").symlink_to(tmp_path / "x.nii.gz")
    assert "is a link to" in refused(volumes(root))
    with pytest.raises(ConfigError, match=r"leads out of dataset\.root"):
        volumes(root, images="../{id}/a.nii")
    (root / "imagesTr" / "x.nii.gz").unlink()
    assert "has no volume" in refused(volumes(root, images="{id}/t1.nii.gz"))
    assert "holds imagesTr, labelsTr" in refused(volumes(root, images="images"))


def test_a_slice_that_is_a_link_out_of_root_is_refused(tmp_path):
    root = dicom(tmp_path / "own")
    one = root / "images" / "a" / "0.dcm"
    one.rename(tmp_path / "0.dcm")
    one.symlink_to(tmp_path / "0.dcm")
    assert "a/0.dcm: is a link to" in refused(volumes(root, **LAYOUTS[dicom]))
    assert volumes(root, **LAYOUTS[dicom], follow_links=True).cases()


def test_official_parts_of_a_table_are_those_of_the_slices(tmp_path):
    root = decathlon(tmp_path)
    parts = dict(zip(NAMES, ("test", "train", "val", "train", "test", "train"), strict=True))
    (root / "t.csv").write_text("\n".join(["id,part", *(f"{name},{part}" for name, part in parts.items())]))
    dataset = Volumes(
        root=str(root), table="t.csv", structures={"organ": [1]}, structure="organ", split=SplitSizes(column="part")
    )
    found = {case.patient: case.part for case in dataset.cases()}
    assert found == {name: {"val": "validation"}.get(part, part) for name, part in parts.items()}


def test_mm_are_unknown_where_the_file_does_not_say_how_it_lies(tmp_path):
    import nibabel

    root = decathlon(tmp_path)
    for folder in ("imagesTr", "labelsTr"):
        for file in (root / folder).iterdir():
            lying = nibabel.load(file)
            data = np.asarray(lying.dataobj)
            nibabel.save(nibabel.Nifti1Image(data, None), file)
    options = {"root": str(root), "structures": {"organ": [1]}, "structure": "organ", "unoriented": True}
    assert {case.pixel_mm for case in Volumes(**options).cases()} == {None}
    assert {case.pixel_mm for case in Volumes(**options, pixel_mm=0.5).cases()} == {(0.5, 0.5)}
