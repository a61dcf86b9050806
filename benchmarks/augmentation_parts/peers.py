"""Flip, affine, elastic and histogram shift, or what is nearest to it, as other libraries do them.

Every transform has p = 1 (flips 0.5 an axis, as in ours), images are bilinear and labels nearest, lengths scale with
the image.  Each is a function of a batch that gives a function to be timed, which returns image and label as tensors.
"""

import os
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from math import pi, radians

import torch
from monai.data import DataLoader, Dataset
from monai.data.meta_obj import get_track_meta, set_track_meta
from monai.transforms import Compose, Rand2DElasticd, RandAffined, RandFlipd, RandHistogramShiftd, Transform
from torch import Tensor

from segaug.batch import Batch

BOTH, IMAGE = ("image", "label"), ("image",)
ANGLE_DEG, SHEAR, SCALE, SPACING_PX, SIDE_PX = 15.0, 0.1, 0.1, 32, 256
AFFINE = {"rotate_range": radians(ANGLE_DEG), "shear_range": (SHEAR, SHEAR), "scale_range": (SCALE, SCALE)}
READ = {"prob": 1.0, "mode": ("bilinear", "nearest"), "padding_mode": "zeros"}
Run = Callable[[], object]


def monai(batch: Batch) -> Run:
    """As its tutorials write it: affine and elastic apart, so that images are read twice; a DataLoader."""
    steps = [*_flips(), RandAffined(BOTH, **AFFINE, **READ), _elastic(batch), _shift()]
    loader = DataLoader(Dataset(_rows(batch), Compose(steps)), batch_size=len(batch))
    return lambda: list(loader)


def monai_at_its_best(batch: Batch) -> Run:
    """Affine inside the elastic transform, so that images are read once; no metadata, no loader."""
    transforms = Compose([*_flips(), _elastic(batch, **AFFINE), _shift()])
    rows = _rows(batch)

    def run() -> object:
        before = get_track_meta()
        set_track_meta(False)
        try:
            return _stacked([transforms(row) for row in rows], *BOTH)
        finally:
            set_track_meta(before)

    return run


def batchgenerators(batch: Batch) -> Run:
    """nnU-Net's: one read for affine and elastic; it has no shear, and Gaussian noise smoothed in Fourier space for
    control points; gamma for the histogram shift, which costs less.
    """
    from batchgeneratorsv2.transforms.intensity.contrast import BGContrast
    from batchgeneratorsv2.transforms.intensity.gamma import GammaTransform
    from batchgeneratorsv2.transforms.spatial.mirroring import MirrorTransform
    from batchgeneratorsv2.transforms.spatial.spatial import SpatialTransform
    from batchgeneratorsv2.transforms.utils.compose import ComposeTransforms

    side = batch.image.shape[-1]
    warp = SpatialTransform(
        (side, side),
        patch_center_dist_from_border=0,
        random_crop=False,
        p_elastic_deform=1,
        elastic_deform_scale=(SPACING_PX / SIDE_PX,) * 2,
        elastic_deform_magnitude=(2 * side / SIDE_PX, 8 * side / SIDE_PX),  # the largest displacement, not its spread
        p_rotation=1,
        rotation=(-ANGLE_DEG * pi / 180, ANGLE_DEG * pi / 180),
        p_scaling=1,
        scaling=(1 - SCALE, 1 + SCALE),
        mode_seg="nearest",
    )
    gamma = GammaTransform(BGContrast((1 / 1.6, 1.6)), 0, True, 1, p_retain_stats=0)
    transforms = ComposeTransforms([warp, gamma, MirrorTransform((0, 1))])
    label = batch.label.to(torch.int8)

    def run() -> object:
        rows = [transforms(image=batch.image[i].clone(), segmentation=label[i].clone()) for i in range(len(batch))]
        return _stacked(rows, "image", "segmentation")

    return run


def albumentations(batch: Batch, grid: bool = False) -> Run:
    """OpenCV's on float32 arrays, labels as bytes: affine and elastic apart, so that images are read twice; a tone
    curve for the histogram shift.  Its elastic field is noise at full size, as smooth as ours.
    grid: its fastest, a grid moved by whole rows and columns, in place of the elastic field.
    """
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # it would ask the network for its newest version
    import albumentations as A
    import cv2

    cv2.setNumThreads(0)
    zoom, each_axis = batch.image.shape[-1] / SIDE_PX, (1 - SCALE, 1 + SCALE)
    smooth = A.ElasticTransform(alpha=644 * zoom**2, sigma=SPACING_PX / 2 * zoom, p=1)  # a spread of 2.5 px at 256
    steps = [
        A.HorizontalFlip(p=0.5),
        A.VerticalFlip(p=0.5),
        A.Affine(
            scale={"x": each_axis, "y": each_axis},
            rotate=(-ANGLE_DEG, ANGLE_DEG),
            shear=(-SHEAR * 180 / pi, SHEAR * 180 / pi),
            p=1,
        ),
        A.GridDistortion(num_steps=SIDE_PX // SPACING_PX, distort_limit=0.1, p=1) if grid else smooth,
        A.RandomToneCurve(p=1),
    ]
    transforms = A.Compose(steps, is_check_shapes=False)
    images, labels = batch.image[:, 0].numpy(), batch.label[:, 0].byte().numpy()

    def run() -> object:
        rows = [transforms(image=images[i], mask=labels[i]) for i in range(len(batch))]
        return [torch.stack([torch.from_numpy(row[name])[None] for row in rows]) for name in ("image", "mask")]

    return run


def installed(module: str) -> bool:
    return find_spec(module) is not None


def _flips() -> list[Transform]:
    return [RandFlipd(BOTH, prob=0.5, spatial_axis=axis) for axis in (0, 1)]


def _elastic(batch: Batch, **affine: object) -> Transform:
    zoom = batch.image.shape[-1] / SIDE_PX
    return Rand2DElasticd(BOTH, spacing=(SPACING_PX * zoom,) * 2, magnitude_range=(zoom, 4 * zoom), **READ, **affine)


def _shift() -> Transform:
    return RandHistogramShiftd(IMAGE, num_control_points=10, prob=1.0)


def _rows(batch: Batch) -> list[dict[str, Tensor]]:
    return [{"image": batch.image[i], "label": batch.label[i]} for i in range(len(batch))]


def _stacked(rows: list[dict[str, Tensor]], *names: str) -> list[Tensor]:
    return [torch.stack([row[name] for row in rows]) for name in names]


MONAI, MONAI_BEST = "MONAI, affine and elastic apart", "MONAI at its best"
PEERS: dict[str, tuple[str, str, Callable[[Batch], Run]]] = {  # name, module, what makes it
    "monai": (MONAI, "monai", monai),
    "monai-best": (MONAI_BEST, "monai", monai_at_its_best),
    "batchgeneratorsv2": ("batchgeneratorsv2", "batchgeneratorsv2", batchgenerators),
    "albumentations": ("albumentations, elastic", "albumentations", albumentations),
    "albumentations-grid": ("albumentations, grid distortion", "albumentations", partial(albumentations, grid=True)),
}
