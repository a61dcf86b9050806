"""A decoded copy is not taken for that of files which lie, or are read, in another way."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from segaug.data.kinds.contours import Contours, RunColumns
from segaug.data.kinds.folder import Folder
from segaug.data.task import SplitSizes
from segaug.data.tensors import load_task
from tests.data.small_sets import save

SPLIT = SplitSizes(min_validation=1, max_external=0)
SIDE, IMAGES = 16, 8


def square(at: int) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[at : at + 4, 2:6] = 255
    return mask


def images(root: Path, names: list[str]) -> None:
    rng = np.random.default_rng(0)
    for name in names:
        save(root / f"images/{name}.png", rng.integers(0, 255, (SIDE, SIDE)).astype(np.uint8))


def shares(dataset, cache) -> list[float]:
    kept = load_task(dataset, cache).label.sum(dim=(0, 2, 3)).tolist()
    assert load_task(dataset, None).label.sum(dim=(0, 2, 3)).tolist() == kept, "the copy is of something else"
    return kept


@pytest.fixture
def names() -> list[str]:
    return [f"p{number}" for number in range(IMAGES)]


def test_a_mask_that_was_moved_to_another_structure(tmp_path, names):
    root = tmp_path / "set"
    images(root, names)
    for name in names:
        for structure, part, at in (("liver", 1, 0), ("liver", 2, 5), ("spleen", 3, 11)):
            save(root / f"{structure}/{name}_{part}.png", square(at))
    masks = {"liver": "liver/{id}_*.png", "spleen": "spleen/{id}_*.png"}
    dataset = Folder(root=str(root), masks=masks, structure="all", size=SIDE, split=SPLIT)
    assert shares(dataset, tmp_path / "cache") == [32 * IMAGES, 16 * IMAGES]
    for name in names:
        shutil.move(root / f"liver/{name}_2.png", root / f"spleen/{name}_2.png")
    assert shares(dataset, tmp_path / "cache") == [16 * IMAGES, 32 * IMAGES]


def test_the_mask_of_one_grader_where_another_has_none(tmp_path, names):
    root = tmp_path / "set"
    images(root, names)
    for name in names:
        save(root / f"second/{name}.png", square(0))
        save(root / f"first/{name}.png", square(0))
    (root / f"first/{names[3]}.png").unlink()
    dataset = Folder(
        root=str(root), graders={"a": "first", "b": "second"}, grader="union", missing_mask="empty",
        structures={"organ": [255]}, structure="organ", size=SIDE, split=SPLIT,
    )  # fmt: skip
    assert shares(dataset, tmp_path / "cache") == [16 * IMAGES]
    save(root / f"second/{names[3]}.png", np.full((SIDE, SIDE), 255, np.uint8))
    assert shares(dataset, tmp_path / "cache") == [16 * (IMAGES - 1) + SIDE**2]


def test_points_in_the_folder_of_another_category(tmp_path, names):
    root = tmp_path / "set"
    images(root, names)
    corners = np.array([[2, 2], [8, 2], [8, 8], [2, 8]], float)
    for category in ("lesion", "nerve"):
        (root / "marks" / category).mkdir(parents=True)
    for name in names:
        np.save(root / f"marks/lesion/{name}.npy", corners)
    np.save(root / f"marks/nerve/{names[0]}.npy", corners + 6)  # as large, and beside it
    dataset = Contours(
        root=str(root), format="points", marks="marks", categories=["lesion", "nerve"], structure="all", size=SIDE,
        split=SPLIT,
    )  # fmt: skip
    lesion, nerve = shares(dataset, tmp_path / "cache")
    assert lesion == IMAGES * nerve
    for name in names[1:]:
        shutil.move(root / f"marks/lesion/{name}.npy", root / f"marks/nerve/{name}.npy")
    assert shares(dataset, tmp_path / "cache") == [nerve, lesion]


def test_another_column_of_run_lengths(tmp_path, names):
    root = tmp_path / "set"
    images(root, names)
    lines = ["ImageId,EncodedPixels,Other", *(f"{name},1 4,1 8" for name in names)]
    (root / "runs.csv").write_text("\n".join(lines))
    counted = []
    for column in ("EncodedPixels", "Other"):
        dataset = Contours(
            root=str(root), format="run_lengths", marks="runs.csv", categories=["lesion"], structure="lesion",
            columns=RunColumns(runs=column), size=SIDE, split=SPLIT,
        )  # fmt: skip
        counted += shares(dataset, tmp_path / "cache")
    assert counted == [4 * IMAGES, 8 * IMAGES]
