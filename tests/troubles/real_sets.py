"""Copies of parts of the real sets, reduced so that a check of one takes little."""

import csv
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.troubles.trouble import Asked

SPLIT = {"min_validation": 4, "max_external": 0}  # all masks are opened
OF_HEARTS = "^(.+)_"


def public() -> Path:
    """The folder of the real sets."""
    return Path(os.environ["SEGAUG_DATA"])


def hearts(root: Path) -> Path:
    """40 images of 96 x 96 pixels, two of each of 20 patients; masks of 0 and 1."""
    return _copied(root, "mri_cardiac_sunnybrook", _hearts(), 2)


def cells(root: Path) -> Path:
    """40 images in colour of 60 x 60 pixels, masks of 0, 1 and 2."""
    whole = [row["id"] for row in _rows("cell_wbc_tecom") if (row["width"], row["height"]) == ("120", "120")]
    return _copied(root, "cell_wbc_tecom", tuple(whole[:160:4]), 2)


def lesions(root: Path) -> Path:
    """40 images of different sizes."""
    names = tuple(name for name in _evenly("us_breast_busi", 52) if not name.startswith("normal"))
    return _copied(root, "us_breast_busi", names[:40], 1)


def of_hearts(root: Path, **options: Any) -> Asked:
    """To check it as it is meant to be used."""
    own = {"root": str(root), "patient_pattern": OF_HEARTS, "split": SPLIT}
    return Asked("folder", own | _FOREGROUND | options)


def of_cells(root: Path, **options: Any) -> Asked:
    """To check it as it is meant to be used."""
    own = {"root": str(root), "structures": {"rim": [1], "core": [2]}, "structure": "all", "colour": True}
    return Asked("folder", own | {"split": SPLIT} | options)


_FOREGROUND = {"structures": {"foreground": [1, 255]}, "structure": "foreground"}


def images(root: Path) -> list[Path]:
    """Files of the images."""
    return sorted((root / "images").iterdir())


def masks(root: Path) -> list[Path]:
    """Files of the masks."""
    return sorted((root / "masks").iterdir())


def pixels(path: Path) -> np.ndarray:
    """Of one file."""
    with Image.open(path) as image:
        return np.asarray(image)


def change(paths: Sequence[Path], new: Callable[[np.ndarray], np.ndarray], suffix: str = ".png") -> None:
    """Write each file again with other pixels."""
    for path in paths:
        image = Image.fromarray(new(pixels(path)))
        path.unlink()
        image.save(path.with_suffix(suffix))


def _copied(root: Path, name: str, ids: tuple[str, ...], step: int) -> Path:
    shutil.copytree(_reduced(name, ids, step), root, dirs_exist_ok=True)
    return root


@cache
def _reduced(name: str, ids: tuple[str, ...], step: int) -> Path:
    """A folder of the images and masks of these ids, each side divided by `step`."""
    kept = Path(tempfile.mkdtemp(prefix="segaug-troubles-"))
    for part in ("images", "masks"):
        (kept / part).mkdir()
        for one in ids:
            with Image.open(public() / name / part / f"{one}.png") as image:
                size = (image.width // step, image.height // step)
                way = Image.Resampling.BOX if part == "images" else Image.Resampling.NEAREST
                image.resize(size, way).save(kept / part / f"{one}.png")
    return kept


@cache
def _rows(name: str) -> list[dict[str, str]]:
    with (public() / name / "items.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def _hearts() -> tuple[str, ...]:
    by_patient: dict[str, list[str]] = {}
    for row in _rows("mri_cardiac_sunnybrook"):
        by_patient.setdefault(row["subject"], []).append(row["id"])
    chosen = [by_patient[patient] for patient in sorted(by_patient)[::2][:20]]
    return tuple(own[len(own) * part // 3] for own in chosen for part in (1, 2))


def _evenly(name: str, count: int = 40) -> tuple[str, ...]:
    rows = _rows(name)
    return tuple(rows[place * len(rows) // count]["id"] for place in range(count))
