"""One volume, however it was stored: voxels with their place in the patient, and the views that slices are cut from.

Coordinates of the patient are those of DICOM and ITK, in mm: x grows to the left, y to posterior, z to superior.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np

from segaug.data.formats.bounds import times
from segaug.errors import DataError

AXES = ("axial", "sagittal", "coronal")
_VIEWS = {  # from (superior, posterior, left): order of the axes, and which of them are turned round
    "axial": ((0, 1, 2), ()),
    "sagittal": ((2, 0, 1), (1,)),
    "coronal": ((1, 0, 2), (1,)),
}
TOLERANCE = 0.1  # of a voxel: how far an image and its mask may be apart, since files round their places


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Where voxels lie."""

    shape: tuple[int, int, int]  # slices, rows, columns
    affine: tuple[tuple[float, ...], ...]  # (4, 4): (slice, row, column, 1) to the patient's coordinates [mm]

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance of neighbours along slices, rows and columns."""
        steps = np.array(self.affine)[:3, :3]
        slices, rows, columns = np.linalg.norm(steps, axis=0).tolist()
        return slices, rows, columns


@dataclass(frozen=True, kw_only=True, eq=False)
class Volume:
    """Stored values (rescaled where the file says so) and where they lie."""

    voxels: np.ndarray  # (slices, rows, columns)
    affine: np.ndarray  # (4, 4), as in `Grid`
    oriented: bool = True  # False: the file does not say how it lies in the patient: `affine`, and mm, are a guess
    unit: str = ""  # of the values, where the file names it: HU

    @property
    def grid(self) -> Grid:
        """Where the voxels lie."""
        slices, rows, columns = self.voxels.shape
        return Grid(shape=(slices, rows, columns), affine=tuple(map(tuple, self.affine.tolist())))

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance of neighbours along slices, rows and columns."""
        return self.grid.spacing_mm


def view(volume: Volume, axis: str) -> Volume:
    """The volume as seen along one axis, by turning it in steps of 90 degrees; nothing is interpolated.

    axial: slices run to superior, rows to posterior, columns to the patient's left.
    sagittal: slices run to the patient's left, rows to inferior, columns to posterior.
    coronal: slices run to posterior, rows to inferior, columns to the patient's left.
    An oblique volume is turned by the nearest axes: each of its own goes to that of the patient which it follows most.
    """
    order, turned = _VIEWS[axis]
    canonical = _canonical(volume)
    return _turned(_in_order(canonical, order), turned)


def _canonical(volume: Volume) -> Volume:
    """Slices to superior, rows to posterior, columns to left."""
    steps = volume.affine[:3, :3]
    directions = (steps / np.linalg.norm(steps, axis=0))[::-1]  # along z, y, x, as slices, rows and columns will be
    order = max(permutations(range(3)), key=lambda axes: _followed(directions, axes))
    ordered = _in_order(volume, order)
    return _turned(ordered, tuple(axis for axis in range(3) if directions[axis, order[axis]] < 0))


def _followed(directions: np.ndarray, axes: Sequence[int]) -> float:
    """How much the axes of a volume, put in this order, follow those of the patient; rounding decides no tie."""
    return round(sum(abs(directions[place, axis]) for place, axis in enumerate(axes)), 6)


def _in_order(volume: Volume, order: Sequence[int]) -> Volume:
    affine = volume.affine[:, [*order, 3]]
    return Volume(voxels=volume.voxels.transpose(order), affine=affine, oriented=volume.oriented, unit=volume.unit)


def _turned(volume: Volume, axes: Sequence[int]) -> Volume:
    """Turn axes round: what was last on them becomes first."""
    affine = volume.affine.copy()
    for axis in axes:
        affine[:3, 3] += affine[:3, axis] * (volume.voxels.shape[axis] - 1)
        affine[:3, axis] *= -1
    return Volume(voxels=np.flip(volume.voxels, tuple(axes)), affine=affine, oriented=volume.oriented, unit=volume.unit)


def located(file: Path, affine: np.ndarray) -> np.ndarray:
    """The affine, after checking that it spans three directions.  Raises DataError."""
    steps = affine[:3, :3]
    if not np.isfinite(affine).all() or abs(np.linalg.det(steps)) < 1e-6 * max(
        np.linalg.norm(steps, axis=0).prod(), 1e-12
    ):
        problem = f"has an affine that does not span the three directions: {_rows(affine)}"
        raise DataError(file=file, problem=problem, fix="write its position and spacing again")
    return affine


def refuse_apart(file: Path, found: Grid, image: Path, wanted: Grid) -> None:
    """Raise where a mask does not lie voxel for voxel on its image, naming both values of what differs first."""
    if found.shape != wanted.shape:
        what, values = "voxels (slices x rows x columns)", (times(found.shape), times(wanted.shape))
    elif not np.allclose(found.spacing_mm, wanted.spacing_mm, rtol=1e-3):
        what, values = "mm spacing (slices x rows x columns)", (_mm(found.spacing_mm), _mm(wanted.spacing_mm))
    elif _apart(found, wanted) > TOLERANCE:
        what, values = "as affine", (_rows(np.array(found.affine)), _rows(np.array(wanted.affine)))
    else:
        return
    problem = f"has {values[0]} {what}, its image {image} has {values[1]}"
    raise DataError(file=file, problem=problem, fix="export image and mask from one program on one grid")


def _apart(found: Grid, wanted: Grid) -> float:
    """Largest distance of equal corners, in voxels."""
    corners = np.array([[*corner, 1] for corner in np.ndindex(2, 2, 2)]) * [*(np.array(wanted.shape) - 1), 1]
    offset = (corners @ (np.array(found.affine) - np.array(wanted.affine)).T)[:, :3]
    return float((np.abs(offset) / min(wanted.spacing_mm)).max())


def placed(file: Path, part: Volume, image: Path, whole: Volume) -> Volume:
    """A mask of some slices, on the grid of its image, 0 elsewhere; both are seen along the same axis."""
    steps = whole.affine[:3, :3]
    start = np.linalg.solve(steps, part.affine[:3, 3] - whole.affine[:3, 3])
    first = np.round(start).astype(int)
    last = first + part.voxels.shape
    along = [axis for axis in range(3) if part.voxels.shape[axis] > 1]  # a single slice has no step of its own
    same = np.allclose(part.affine[:3, along], steps[:, along], atol=TOLERANCE * min(whole.spacing_mm))
    if not same or np.abs(start - first).max() > TOLERANCE or (first < 0).any() or (last > whole.voxels.shape).any():
        affines = f"{_rows(part.affine)} and {times(part.voxels.shape)} voxels, {_rows(whole.affine)} and "
        problem = f"does not lie on the grid of its image {image} (affines {affines}{times(whole.voxels.shape)} voxels)"
        raise DataError(file=file, problem=problem, fix="export both from one program on one grid")
    voxels = np.zeros(whole.voxels.shape, part.voxels.dtype)
    voxels[tuple(slice(a, b) for a, b in zip(first, last, strict=True))] = part.voxels
    return Volume(voxels=voxels, affine=whole.affine, oriented=whole.oriented)


def labels(file: Path, volume: Volume) -> Volume:
    """A mask of whole numbers, in few bytes.  Raises where a value is none."""
    values = volume.voxels
    if not np.issubdtype(values.dtype, np.integer) and values.dtype != bool:
        whole = np.round(values)
        wrong = ~(np.abs(values - whole) < 1e-4)  # NaN too
        if wrong.any():
            problem = f"holds {int(wrong.sum())} voxels that are no whole numbers, e.g. {float(values[wrong][0]):g}"
            fix = "masks hold one label a voxel: resample them by the nearest neighbour, never by interpolation"
            raise DataError(file=file, problem=problem, fix=fix)
        values = whole.astype(np.int64)
    kind = np.result_type(np.min_scalar_type(values.min()), np.min_scalar_type(values.max()))
    return Volume(voxels=values.astype(kind), affine=volume.affine, oriented=volume.oriented)


def refuse_not_finite(file: Path, values: np.ndarray) -> np.ndarray:
    """The values of an image, in at most 4 bytes each.  Raises where some are no numbers."""
    if values.dtype.kind == "f":
        strange = int(values.size - np.isfinite(values).sum())
        if strange:
            problem = f"holds {strange} voxels that are NaN or infinite"
            raise DataError(file=file, problem=problem, fix="replace them, for instance by the value of air or by 0")
    if values.dtype.itemsize > 4 or values.dtype.kind == "f":
        return values.astype(np.float32)
    return values.astype(values.dtype.newbyteorder("="))


def one_channel(file: Path, values: np.ndarray, channel: int | None) -> np.ndarray:
    """(slices, rows, columns) of (slices, rows, columns, channels); one channel needs no choice."""
    count = values.shape[3]
    if channel is None and count > 1:
        problem = f"is 4-D: {count} channels (or times) of {times(values.shape[:3])} voxels"
        raise DataError(file=file, problem=problem, fix=f"choose one of them, dataset.channel=0 to {count - 1}")
    if channel is not None and channel >= count:
        problem = f"has {count} channel{'s' * (count > 1)}, counted from 0, and dataset.channel is {channel}"
        raise DataError(file=file, problem=problem, fix=f"use dataset.channel=0{f' to {count - 1}' * (count > 1)}")
    return values[..., channel or 0]


def _mm(spacing: Sequence[float]) -> str:
    return " x ".join(f"{side:.4g}" for side in spacing)


def _rows(affine: np.ndarray) -> str:
    return "[" + ", ".join("[" + ", ".join(f"{value:.4g}" for value in row) + "]" for row in affine[:3].tolist()) + "]"
