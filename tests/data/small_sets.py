"""Images, masks and cases with known content."""

from pathlib import Path

import numpy as np
from PIL import Image

from segaug.data.task import Case


def save(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def image_and_mask(number: int) -> tuple[np.ndarray, np.ndarray]:
    """A 20 x 24 image of its own, and a mask of values 0, 1, 2: a rectangle whose left half is 1."""
    rng = np.random.default_rng(number)
    mask = np.zeros((20, 24), np.uint8)
    mask[5:15, 6:12], mask[5:15, 12:18] = 1, 2
    return rng.integers(0, 200, mask.shape, dtype=np.uint8) + 20 * mask, mask


def write_set(root: Path) -> None:
    """Twelve patients p00..p11 with two images each."""
    for number in range(24):
        image, mask = image_and_mask(number)
        name = f"p{number // 2:02}_{number % 2}.png"
        save(root / "images" / name, image)
        save(root / "masks" / name, mask)


def case(name: str, patient: str | None = None, group: str = "") -> Case:
    """A case whose pixels must not be asked for."""

    def refuse() -> np.ndarray:
        raise AssertionError("pixels were read")

    return Case(name, patient or name, name, refuse, refuse, duplicate_group=group)
