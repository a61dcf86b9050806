"""Real images as their publishers, scanners and annotation tools leave them: folders that nobody has prepared."""

import csv
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import nibabel
import numpy as np
import pydicom
from PIL import Image

PUBLIC = (
    "cell_wbc_cellavision", "cell_wbc_tecom", "ct_lung_tumour_patches_msd", "fundus_vessels_chasedb1",
    "micro_nuclei_dsb2018_fluorescence", "micro_nuclei_dsb2018_stained", "mri_cardiac_sunnybrook",
    "mri_hippocampus_msd", "photo_foot_ulcer_fuseg", "us_breast_busi",
)  # fmt: skip
MOST = 120  # images of a set: the first ones, so that patients stay whole but the last
Patients = Mapping[str, str]  # what the name of an image holds -> its patient
Layout = Callable[[Path], Patients | None]  # writes into an empty folder; None: patients are not known

LAYOUTS: dict[str, Layout] = {}
WORDS: dict[str, list[str]] = {}  # what has to be said beside the folder


def layout(*words: str) -> Callable[[Layout], Layout]:
    """Enter a function that writes a folder; words: to be typed behind `segaug data import`."""

    def enter(write: Layout) -> Layout:
        LAYOUTS[write.__name__] = write
        WORDS[write.__name__] = list(words)
        return write

    return enter


def public() -> Path:
    """The folder of the real sets."""
    return Path(os.environ["SEGAUG_DATA"])


def rows(name: str) -> list[dict[str, str]]:
    """Of the table of a set, the first ones."""
    with (public() / name / "items.csv").open(newline="") as file:
        return list(csv.DictReader(file))[:MOST]


def pairs(name: str) -> list[tuple[str, Path, Path]]:
    """Name, image and mask of the first images of a set."""
    root = public() / name
    return [(row["id"], root / f"images/{row['id']}.png", root / f"masks/{row['id']}.png") for row in rows(name)]


def put(file: Path, place: Path) -> None:
    """Copy one file."""
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, place)


def renamed(root: Path, name: str) -> Patients | None:
    """A set stripped of its table: img_NAME.png and seg_NAME.png in one folder."""
    for one, image, mask in pairs(name):
        put(image, root / f"img_{one}.png")
        put(mask, root / f"seg_{one}.png")
    table = rows(name)
    return {row["id"]: row["subject"] for row in table} if "subject" in table[0] else None


@layout()
def two_graders(root: Path) -> Patients:
    """CHASE_DB1 as it is, without its table."""
    whole = public() / "fundus_vessels_chasedb1"
    for folder in ("images", "masks", "masks_observer2"):
        shutil.copytree(whole / folder, root / folder)
    return {row["id"]: row["subject"] for row in rows(whole.name)}


@layout()
def folders_of_patients(root: Path) -> Patients:
    """SC-HF-I-09/images/0007.png and SC-HF-I-09/masks/0007.png."""
    for one, image, mask in pairs("mri_cardiac_sunnybrook"):
        patient, _, number = one.rpartition("_")
        put(image, root / patient / f"images/{number}.png")
        put(mask, root / patient / f"masks/{number}.png")
    return {row["subject"]: row["subject"] for row in rows("mri_cardiac_sunnybrook")}


@layout()
def busi(root: Path) -> None:
    """BUSI as published: benign/benign (1).png, benign (1)_mask.png, benign (1)_mask_1.png."""
    with (public() / "us_breast_busi/items.csv").open(newline="") as file:
        table = list(csv.DictReader(file))[::9]
    for row in table:
        kind, number = row["id"].split("_")
        base = root / kind / f"{kind} ({int(number)})"
        put(public() / f"us_breast_busi/images/{row['id']}.png", base.with_name(f"{base.name}.png"))
        mask = np.asarray(Image.open(public() / f"us_breast_busi/masks/{row['id']}.png")) * np.uint8(255)
        count, parts = cv2.connectedComponents(mask)
        wanted = [mask] if count < 3 else [(parts == part) * np.uint8(255) for part in range(1, count)]
        for place, one in enumerate(wanted):
            Image.fromarray(one).save(base.with_name(f"{base.name}_mask{f'_{place}' * (place > 0)}.png"))


@layout()
def isic(root: Path) -> None:
    """ISIC 2018: two folders, ISIC_0000001.jpg and ISIC_0000001_segmentation.png."""
    for one, image, mask in pairs("photo_foot_ulcer_fuseg"):
        place = root / f"ISIC2018_Task1-2_Training_Input/ISIC_{int(one):07}.jpg"
        place.parent.mkdir(exist_ok=True)
        Image.open(image).save(place, quality=95)
        marked = root / f"ISIC2018_Task1_Training_GroundTruth/ISIC_{int(one):07}_segmentation.png"
        marked.parent.mkdir(exist_ok=True)
        Image.fromarray(np.asarray(Image.open(mask)) * np.uint8(255)).save(marked)


def _outlines(mask: Path) -> list[np.ndarray]:
    found, _ = cv2.findContours(np.asarray(Image.open(mask)), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [one[:, 0].astype(float) for one in found if len(one) > 8 and cv2.contourArea(one) > 30]


@layout()
def coco(root: Path) -> Patients:
    """Hearts with one COCO file."""
    whole: dict[str, list[object]] = {"images": [], "annotations": [], "categories": [{"id": 3, "name": "cavity"}]}
    for place, (one, image, mask) in enumerate(pairs("mri_cardiac_sunnybrook")):
        put(image, root / f"images/{one}.png")
        width, height = Image.open(image).size
        whole["images"].append({"id": place, "file_name": f"{one}.png", "height": height, "width": width})
        for outline in _outlines(mask):
            number = len(whole["annotations"])
            one_mark = {"id": number, "image_id": place, "category_id": 3, "segmentation": [outline.ravel().tolist()]}
            whole["annotations"].append(one_mark)
    (root / "annotations.json").write_text(json.dumps(whole))
    return {row["id"]: row["subject"] for row in rows("mri_cardiac_sunnybrook")}


@layout()
def labelme(root: Path) -> Patients:
    """Hearts with a LabelMe file beside each."""
    for one, image, mask in pairs("mri_cardiac_sunnybrook"):
        put(image, root / f"{one}.png")
        width, height = Image.open(image).size
        shapes = [
            {"label": "cavity", "points": outline.tolist(), "shape_type": "polygon"} for outline in _outlines(mask)
        ]
        told = {"shapes": shapes, "imagePath": f"{one}.png", "imageHeight": height, "imageWidth": width}
        (root / f"{one}.json").write_text(json.dumps(told))
    return {row["id"]: row["subject"] for row in rows("mri_cardiac_sunnybrook")}


@layout()
def decathlon(root: Path) -> Patients:
    """Twelve volumes of the hippocampus with their dataset.json."""
    whole = public() / "mri_hippocampus_msd_3d"
    names = [file.name for file in sorted((whole / "imagesTr").glob("*.nii.gz"))[:12]]
    for name in names:
        for part in ("imagesTr", "labelsTr"):
            put(whole / part / name, root / part / name)
    told = {"modality": {"0": "MRI"}, "labels": {"0": "background", "1": "Anterior", "2": "Posterior"}}
    (root / "dataset.json").write_text(json.dumps(told))
    return {name.removesuffix(".nii.gz"): name.removesuffix(".nii.gz") for name in names}


@layout()
def nifti(root: Path) -> Patients:
    """The NIfTI of the original files in images/ and labels/, each filed thrice: two volumes are too few for parts."""
    names = {}
    for place in range(3):
        for part in ("images", "labels"):
            for file in sorted((public() / "_original_formats/nifti" / part).iterdir()):
                name = f"p{place}{file.name[-10:-7]}"
                put(file, root / part / f"{name}.nii.gz")
                names[name] = name
                if part == "images":  # else pixels are equal
                    image = nibabel.load(file)
                    voxels = np.asarray(image.dataobj) + np.asarray(place, image.get_data_dtype())
                    nibabel.save(nibabel.Nifti1Image(voxels, image.affine), root / part / f"{name}.nii.gz")
    return names


@layout()
def dicom(root: Path) -> Patients:
    """A folder of DICOM slices a patient, with masks as PNG beside them."""
    for patient in range(6):
        for file in sorted((public() / "_original_formats/dicom/hippocrop_series").iterdir()):
            one = pydicom.dcmread(file)
            one.PixelData = (one.pixel_array + np.asarray(patient, one.pixel_array.dtype)).tobytes()
            (root / f"images/case_{patient}").mkdir(parents=True, exist_ok=True)
            one.save_as(root / f"images/case_{patient}/{file.name}")
            mask = np.zeros((one.Rows, one.Columns), np.uint8)
            mask[10 : 14 + patient, 10:20] = 255 * (8 < int(file.stem) < 24)
            place = root / f"masks/case_{patient}/{file.stem}.png"
            place.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(mask).save(place)
    return {f"case_{patient}": f"case_{patient}" for patient in range(6)}


@layout()
def hdf5(root: Path) -> None:
    """The HDF5 of the original files as it is."""
    put(public() / "_original_formats/hdf5/val_patches.h5", root / "val_patches.h5")


@layout()
def instance_masks(root: Path) -> None:
    """DSB 2018 as published: NAME/images/NAME.png and NAME/masks/*.png; the one of the original files, eight times."""
    whole = next((public() / "_original_formats/instance_masks").iterdir())
    for place in range(8):
        name = f"{place:02x}{whole.name[2:]}"
        turned = place % 4
        for part in ("images", "masks"):
            for file in sorted((whole / part).iterdir()):
                new = root / name / part / (f"{name}.png" if part == "images" else file.name)
                new.parent.mkdir(parents=True, exist_ok=True)
                image = Image.open(file).rotate(90 * turned, expand=True)
                (image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if place > 3 else image).save(new)


@layout()
def one_instance_mask(root: Path) -> None:
    """The same as it lies there: one image."""
    shutil.copytree(public() / "_original_formats/instance_masks", root, dirs_exist_ok=True)
