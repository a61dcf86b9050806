"""The heuristic policy's operations, with its probabilities, as the tools that users have today do them.

One option of ours is one transform of theirs over the range of all options.  Where a tool lacks an operation, the
nearest one stands for it; MONAI rotates and scales in one warp, which is in its favour.
"""

from collections.abc import Callable
from math import pi

import torch
from monai.data import DataLoader, Dataset
from monai.transforms import (
    Compose,
    RandAdjustContrastd,
    RandAffined,
    RandFlipd,
    RandGaussianNoised,
    RandGaussianSharpend,
    RandGaussianSmoothd,
    RandRotate90d,
    RandScaleIntensityd,
    RandScaleIntensityFixedMeand,
    RandSimulateLowResolutiond,
    RandStdShiftIntensityd,
)

from segaug.batch import Batch

BOTH, IMAGE = ("image", "label"), ("image",)
GAMMA, FACTOR, ZOOM, SIGMA_PX = (1 / 1.6, 1.6), (1 / 1.3, 1.3), (0.4, 1.0), (0.4, 1.0)


def monai(batch: Batch) -> Callable[[], object]:
    transforms = Compose(
        [
            RandAffined(
                BOTH,
                prob=1 - 0.8 * 0.85,
                rotate_range=pi / 6,
                scale_range=(0.3, 0.3),
                mode=("bilinear", "nearest"),
                padding_mode="zeros",
            ),
            RandRotate90d(BOTH, prob=0.05),
            RandFlipd(BOTH, prob=0.5, spatial_axis=0),
            RandFlipd(BOTH, prob=0.5, spatial_axis=1),
            RandGaussianNoised(IMAGE, prob=0.1, std=0.04),
            RandGaussianSmoothd(IMAGE, sigma_x=SIGMA_PX, sigma_y=SIGMA_PX, prob=0.1),
            RandGaussianSharpend(IMAGE, prob=0.1),
            RandStdShiftIntensityd(IMAGE, factors=0.3, prob=0.05),
            RandScaleIntensityd(IMAGE, factors=0.3, prob=0.15),
            RandScaleIntensityFixedMeand(IMAGE, factors=0.3, preserve_range=True, fixed_mean=True, prob=0.15),
            RandSimulateLowResolutiond(IMAGE, 0.1, "bilinear", "nearest", ZOOM),
            RandAdjustContrastd(IMAGE, prob=0.1, gamma=GAMMA, invert_image=True, retain_stats=True),
            RandAdjustContrastd(IMAGE, prob=0.3, gamma=GAMMA, retain_stats=True),
        ]
    )
    rows = [{"image": batch.image[i], "label": batch.label[i]} for i in range(len(batch))]
    loader = DataLoader(Dataset(rows, transforms), batch_size=len(rows))
    return lambda: list(loader)


def batchgenerators(batch: Batch) -> Callable[[], object]:
    """nnU-Net's own pipeline, of `batchgeneratorsv2`; raises ImportError where that is not installed."""
    from batchgeneratorsv2.transforms.intensity.brightness import (
        BrightnessAdditiveTransform,
        MultiplicativeBrightnessTransform,
    )
    from batchgeneratorsv2.transforms.intensity.contrast import BGContrast, ContrastTransform
    from batchgeneratorsv2.transforms.intensity.gamma import GammaTransform
    from batchgeneratorsv2.transforms.intensity.gaussian_noise import GaussianNoiseTransform
    from batchgeneratorsv2.transforms.noise.gaussian_blur import GaussianBlurTransform
    from batchgeneratorsv2.transforms.noise.sharpen import SharpeningTransform
    from batchgeneratorsv2.transforms.spatial.low_resolution import SimulateLowResolutionTransform
    from batchgeneratorsv2.transforms.spatial.mirroring import MirrorTransform
    from batchgeneratorsv2.transforms.spatial.rot90 import Rot90Transform
    from batchgeneratorsv2.transforms.spatial.spatial import SpatialTransform
    from batchgeneratorsv2.transforms.utils.compose import ComposeTransforms
    from batchgeneratorsv2.transforms.utils.random import RandomTransform

    factor = BGContrast(FACTOR)
    warp = SpatialTransform(
        tuple(batch.image.shape[2:]),
        patch_center_dist_from_border=0,
        random_crop=False,
        p_rotation=0.15,
        rotation=(-pi / 6, pi / 6),
        p_scaling=0.2,
        scaling=(1 / 1.5, 1.5),
        p_synchronize_scaling_across_axes=1,
        mode_seg="nearest",
    )
    gamma = [GammaTransform(BGContrast(GAMMA), inverted, True, 1, p_retain_stats=1) for inverted in (1, 0)]
    transforms = ComposeTransforms(
        [
            warp,
            RandomTransform(Rot90Transform(1, (1, 3), {0, 1}), 0.05),
            RandomTransform(GaussianNoiseTransform((0, 0.04), 1, True), 0.1),
            RandomTransform(GaussianBlurTransform(SIGMA_PX, True, False, 1, benchmark=True), 0.1),
            RandomTransform(SharpeningTransform((0.1, 1)), 0.1),
            RandomTransform(BrightnessAdditiveTransform(0, 0.06, True, 1), 0.05),
            RandomTransform(MultiplicativeBrightnessTransform(factor, True, 1), 0.15),
            RandomTransform(ContrastTransform(factor, True, True, 1), 0.15),
            RandomTransform(SimulateLowResolutionTransform(ZOOM, True, True, None, None, 1), 0.1),
            RandomTransform(gamma[0], 0.1),
            RandomTransform(gamma[1], 0.3),
            MirrorTransform((0, 1)),
        ]
    )
    label = batch.label.to(torch.int8)

    def run() -> object:
        rows = [transforms(image=batch.image[i].clone(), segmentation=label[i].clone()) for i in range(len(batch))]
        return [torch.stack([row[name] for row in rows]) for name in ("image", "segmentation")]

    return run
