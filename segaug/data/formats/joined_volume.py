"""Several mask volumes of one image as one, where each file is of one structure or of a part of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from segaug.data.formats.volume import Volume, refuse_apart
from segaug.errors import DataError


def joined_volumes(files: Sequence[Path], volumes: Sequence[Volume], values: Sequence[int]) -> Volume:
    """A mask in which all that is not 0 in a file has the value of that file; seen along one axis.

    Raises where files lie on different grids, where one holds more than one value besides 0, and where files with
    different values overlap.
    """
    whole = np.zeros(volumes[0].voxels.shape, np.uint8 if max(values) < 256 else np.int64)
    for place, (file, volume, value) in enumerate(zip(files, volumes, values, strict=True)):
        refuse_apart(file, volume.grid, files[0], volumes[0].grid)
        inside = _inside(file, volume.voxels)
        clash = inside & (whole != 0) & (whole != value)
        if clash.any():
            other = files[next(at for at in range(place) if (clash & (volumes[at].voxels != 0)).any())]
            problem = f"overlaps with {other.name} in {int(clash.sum())} voxels"
            raise DataError(file=file, problem=problem, fix="give each voxel to one structure, or use one of the files")
        whole[inside] = value
    return Volume(voxels=whole, affine=volumes[0].affine, oriented=all(volume.oriented for volume in volumes))


def _inside(file: Path, voxels: np.ndarray) -> np.ndarray:
    values = np.unique(voxels)
    values = values[values != 0]
    if len(values) > 1:
        problem = f"stands for one structure, but holds {len(values)} values besides 0: "
        problem += ", ".join(map(str, values[:5].tolist()))
        raise DataError(file=file, problem=problem, fix="name one file for all structures, and their values")
    return np.asarray(voxels != 0)
