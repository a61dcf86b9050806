"""Real pairs between different subjects: MRI of the hippocampus and of the heart, from $SEGAUG_DATA."""

from pathlib import Path

import numpy as np

from registration_parts.pair import Draw, Pair, Subject, around
from segaug.data.readers import read_image, read_mask
from segaug.data.table import read_table

HIPPOCAMPUS_SUBJECTS = 32  # of 260, in each draw
CARDIAC_PARTS: dict[Draw, list[str]] = {
    "tune": ["1"],
    "report": ["2", "3"],
}  # the data set's own parts, 15 subjects each
CARDIAC_HOPS: dict[Draw, int] = {
    "tune": 4,
    "report": 1,
}  # more of the 15 x 14 pairs to choose by; pairs to report share less


def hippocampus_pairs(data: Path, draw: Draw) -> list[Pair]:
    """64 x 64 px, one slice of each subject; labels: 1 anterior, 2 posterior."""
    folder = data / "mri_hippocampus_msd"
    table = read_table(folder / "items.csv").where({"primary": ["1"]})
    names = np.random.default_rng(0).permutation(sorted(table.ids("id"))).tolist()
    first = {"tune": 0, "report": HIPPOCAMPUS_SUBJECTS}[draw]
    return around([_read(folder, name, 64) for name in names[first : first + HIPPOCAMPUS_SUBJECTS]])


def cardiac_pairs(data: Path, draw: Draw) -> list[Pair]:
    """192 x 192 px, of each subject the slice that shows most of the left ventricle's cavity, label 1."""
    folder = data / "mri_cardiac_sunnybrook"
    rows = read_table(folder / "items.csv").where({"part": CARDIAC_PARTS[draw]}).rows
    largest = {row["subject"]: row["id"] for row in sorted(rows, key=lambda row: float(row["frac_1"]))}
    names = np.random.default_rng(0).permutation(sorted(largest.values())).tolist()
    return around([_read(folder, name, 192) for name in names], CARDIAC_HOPS[draw])


def _read(folder: Path, name: str, side: int) -> Subject:
    """Intensity 1 is the 99.5th percentile; smaller images are centred, their border repeated, labels padded with 0."""
    stored = read_image(folder / "images" / f"{name}.png").astype(np.float32)
    image = np.clip(stored / np.percentile(stored, 99.5), 0, 1)
    label = read_mask(folder / "masks" / f"{name}.png").astype(np.uint8)
    pad = [((side - n) // 2, side - n - (side - n) // 2) for n in image.shape]
    return Subject(name, np.pad(image, pad, mode="edge"), np.pad(label, pad))
