"""Volumes are named by their own names, whatever their patients are called."""

from pathlib import Path

import numpy as np
import pytest

from segaug.data.understand.found import Wishes
from segaug.data.understand.proposal import understand

NAMES = [f"p{patient}_{visit}" for patient in range(6) for visit in "ab"]


def _volumes(root: Path) -> None:
    nibabel = pytest.importorskip("nibabel")
    for place, name in enumerate(NAMES):
        image = np.random.default_rng(place).integers(0, 200, (12, 12, 3), dtype=np.uint8)
        mask = np.zeros((12, 12, 3), np.uint8)
        mask[2:8, 2:8] = 1
        for folder, voxels in (("images", image), ("masks", mask)):
            (root / folder).mkdir(exist_ok=True)
            nibabel.save(nibabel.Nifti1Image(voxels, np.eye(4)), root / folder / f"{name}.nii.gz")


def test_a_pattern_that_is_said_finds_the_patients_of_volumes(tmp_path: Path) -> None:
    _volumes(tmp_path)
    found = understand(tmp_path, Wishes(name="mine", options={"patient_pattern": "^([^_]+)_"}))
    assert found.patients.count == 6
    assert not found.problems


def test_a_table_names_volumes(tmp_path: Path) -> None:
    _volumes(tmp_path)
    rows = [f"{name},{name[:2]},{'test' if name[1] == '0' else 'train'}" for name in NAMES]
    (tmp_path / "info.csv").write_text("\n".join(["volume,patient,split", *rows]) + "\n")
    options = {"patient_pattern": "^([^_]+)_"}
    for wishes in (Wishes(name="mine"), Wishes(name="mine", options=options)):
        found = understand(tmp_path, wishes)
        assert found.patients.count == 6
        assert not found.problems
        assert found.options["table"] == "info.csv"
