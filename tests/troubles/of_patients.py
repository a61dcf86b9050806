"""Whose images these are, and copies of one image on two sides of the split."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from tests.troubles.real_sets import OF_HEARTS, hearts, images, lesions, masks, of_hearts, pixels
from tests.troubles.trouble import ERROR, NOTE, UNSEEN, Asked, trouble


@trouble("nobody said whose images these are", NOTE, "every image counts as a patient of its own")
def no_patients(root: Path) -> Asked:
    """dataset.patient_pattern is not set."""
    return of_hearts(hearts(root), patient_pattern=None)


@trouble("a pattern that takes all images for one patient", ERROR, "in 1 groups of patients")
def one_patient(root: Path) -> Asked:
    """dataset.patient_pattern='^(SC)'."""
    return of_hearts(hearts(root), patient_pattern="^(SC)")


@trouble("a pattern that takes groups of patients for patients", UNSEEN, "what names mean is known to who gave them: "
         "HF-I and HYP may well be patients; the check counts them in its first line (4 patients)")  # fmt: skip
def groups_as_patients(root: Path) -> Asked:
    """dataset.patient_pattern='^SC-([A-Z]+(?:-N?I)?)', which finds the four diagnoses."""
    return of_hearts(hearts(root), patient_pattern="^SC-([A-Z]+(?:-N?I)?)")


@trouble("a pattern that finds each image", NOTE, "every image counts as a patient of its own")
def each_image(root: Path) -> Asked:
    """dataset.patient_pattern='^(.+)$'."""
    return of_hearts(hearts(root), patient_pattern="^(.+)$")


@trouble(
    "a pattern that takes slices for patients",
    NOTE,
    "names tell of 20 patients, and images of 20 of them are said to be of several",
)
def slices_as_patients(root: Path) -> Asked:
    """dataset.patient_pattern='_([0-9]+)$', which finds the number of the slice."""
    return of_hearts(hearts(root), patient_pattern="_([0-9]+)$")


@trouble("a pattern that finds nothing", ERROR, "finds no patient in")
def nothing_found(root: Path) -> Asked:
    """dataset.patient_pattern='^(p[0-9]+)_'."""
    return of_hearts(hearts(root), patient_pattern="^(p[0-9]+)_")


@trouble("too few images for the usual parts", ERROR, "pool 0; add patients, or type dataset.split.min_")
def few_images(root: Path) -> Asked:
    """28 images of 14 patients, with the usual sizes of the parts."""
    _keep(hearts(root), 28)
    return of_hearts(root, split={})


@trouble("few images, imported", NOTE, "sizes that suit 14 patients: min_validation [0-9]+, max_external 0")
def few_imported(root: Path) -> Asked:
    """28 images of 14 patients."""
    _keep(hearts(root), 28)
    return Asked("folder", {"root": str(root)}, "import")


def _keep(root: Path, count: int) -> None:
    for file in (*images(root)[count:], *masks(root)[count:]):
        file.unlink()


@trouble("a patient in two official parts", ERROR, "is in the official part .*, but both are of patient SC-")
def two_parts(root: Path) -> Asked:
    """A column of parts that takes images by turns."""
    names = [file.stem for file in images(hearts(root))]
    parts = [f"{name},{('train', 'train', 'test')[place % 3]}" for place, name in enumerate(names)]
    (root / "items.csv").write_text("\n".join(["id,part", *parts]))
    return of_hearts(root, table="items.csv", split={"column": "part", "min_validation": 4})


@trouble("an image once more, as another patient", ERROR, "has identical pixels as")
def same_pixels(root: Path) -> Asked:
    """Four images copied under names of patients of their own."""
    _once_more(hearts(root), lambda image: image)
    return of_hearts(root)


@trouble("an image re-encoded, as another patient", NOTE, "benign_001 and copy0_1 are copies")
def encoded_again(root: Path) -> Asked:
    """Four images saved as JPEG of quality 60, under names of patients of their own."""
    _once_more(lesions(root), lambda image: image, suffix=".jpg")
    return _copies(root)


@trouble("an image resized, as another patient", NOTE, "benign_001 and copy0_1 are copies")
def resized(root: Path) -> Asked:
    """Four images reduced to two thirds."""
    _once_more(lesions(root), lambda image: image.resize((image.width * 2 // 3, image.height * 2 // 3)))
    return _copies(root)


@trouble("an image cropped, as another patient", NOTE, "benign_001 and copy0_1 are copies")
def cropped(root: Path) -> Asked:
    """Four images without their outer tenth."""
    _once_more(lesions(root), lambda image: ImageOps.crop(image, image.width // 10))
    return _copies(root)


@trouble("an image mirrored, as another patient", NOTE, "benign_001 and copy0_1 are copies")
def mirrored_copy(root: Path) -> Asked:
    """Four images left to right."""
    _once_more(lesions(root), ImageOps.mirror)
    return _copies(root)


def _copies(root: Path) -> Asked:
    asked = of_hearts(root, patient_pattern=None)
    return Asked(asked.kind, asked.options, "copies")


def _once_more(root: Path, way: Callable[[Image.Image], Image.Image], suffix: str = ".png") -> None:
    """Every tenth image and its mask as copyN_1."""
    for place, (image, mask) in enumerate([*zip(images(root), masks(root), strict=True)][::10]):
        for file, new in (
            (image, root / "images" / f"copy{place}_1{suffix}"),
            (mask, mask.with_stem(f"copy{place}_1")),
        ):
            changed = way(Image.fromarray(pixels(file)))
            changed.save(new, **({"quality": 60} if new.suffix == ".jpg" else {}))


@trouble("images without a mask that show patients of the labelled ones", ERROR, "shows|patient")
def unlabelled_patients(root: Path) -> Asked:
    """dataset.unlabelled names a folder with further images of two of the patients."""
    (root / "more").mkdir(parents=True)
    for place, file in enumerate(images(hearts(root))[:4]):
        image = np.random.default_rng(place).integers(0, 256, (96, 96), dtype=np.uint8)
        Image.fromarray(image).save(root / "more" / f"{file.stem.rpartition('_')[0]}_9{place}.png")
    return of_hearts(root, unlabelled=str(root / "more"), patient_pattern=OF_HEARTS)
