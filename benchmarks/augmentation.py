"""Flip, affine, elastic and histogram shift: ours beside MONAI's dictionary transforms, in one run.

Run: taskset -c 0 env OMP_NUM_THREADS=1 python benchmarks/augmentation.py [--side 256] [--rounds 9]

CPU time of one thread, batch of 8 with one label channel, every random transform at p = 1 on both sides. The rounds
alternate between the two; beside the median stands the fastest round, which neighbours on the machine disturb least.
MONAI works image by image and resamples twice (affine, elastic), ours works on the batch and resamples once. For the
conditions of a study add the variables of `KEEP_HEAP` in segaug/experiment/machine/workers.py to the environment.
"""

from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from itertools import count
from math import radians
from statistics import median
from time import process_time

import torch
from monai.data import DataLoader, Dataset
from monai.transforms import Compose, Rand2DElasticd, RandAffined, RandFlipd, RandHistogramShiftd
from torch.nn import functional as F

from segaug.augment.augment import augment
from segaug.augment.baseline import Baseline
from segaug.augment.red import RandomElastic
from segaug.batch import Batch
from segaug.rng import stream

ROWS = 8
BOTH = ("image", "label")


def example(side: int) -> Batch:
    """Smooth images with blobs, since sampling noise would miss the cache on both sides."""
    rng = stream(0, "benchmark")
    image = F.interpolate(torch.rand(ROWS, 1, 24, 24, generator=rng), size=(side, side), mode="bicubic").clamp(0, 1)
    return Batch(
        image, (image > 0.6).float(), torch.arange(ROWS), torch.ones(ROWS, 2), torch.zeros(ROWS, dtype=torch.long)
    )


def ours(batch: Batch) -> Callable[[], object]:
    baseline = Baseline(p_rotation=1, p_affine=1, p_histogram_shift=1)
    stages, steps = RandomElastic(baseline=baseline).stages(), count()
    return lambda: augment(stages, None, batch, partial(stream, 0, "augment", next(steps)))


def peer(batch: Batch) -> Callable[[], object]:
    zoom, mode = batch.image.shape[-1] / 256, ("bilinear", "nearest")
    transforms = Compose(
        [
            RandFlipd(BOTH, prob=0.5, spatial_axis=0),
            RandFlipd(BOTH, prob=0.5, spatial_axis=1),
            RandAffined(
                BOTH,
                prob=1.0,
                rotate_range=radians(15),
                shear_range=(0.1, 0.1),
                scale_range=(0.1, 0.1),
                mode=mode,
                padding_mode="zeros",
            ),
            Rand2DElasticd(
                BOTH,
                spacing=(32 * zoom,) * 2,
                magnitude_range=(zoom, 4 * zoom),
                prob=1.0,
                mode=mode,
                padding_mode="zeros",
            ),
            RandHistogramShiftd(("image",), num_control_points=10, prob=1.0),
        ]
    )
    rows = [{"image": batch.image[i], "label": batch.label[i]} for i in range(ROWS)]
    loader = DataLoader(Dataset(rows, transforms), batch_size=ROWS)
    return lambda: list(loader)


def main() -> None:
    parser = ArgumentParser(description="Augmentation: ours beside MONAI, one thread, CPU time")
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    torch.set_num_threads(1)
    batch = example(args.side)
    contestants = {"ours": ours(batch), "monai": peer(batch)}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(args.rounds + 1):
        for name, run in contestants.items():
            start = process_time()
            run()
            if turn:  # the first turn warms caches up
                times[name].append(process_time() - start)
    for name, summary in (("median", median), ("fastest", min)):
        ms = {contestant: 1e3 * summary(values) for contestant, values in times.items()}
        per_batch = f"ours {ms['ours']:6.2f}, MONAI {ms['monai']:6.2f} ms per batch of {ROWS}"
        print(f"{name:8s}{per_batch}, ratio {ms['monai'] / ms['ours']:.1f}, {args.side} x {args.side}")


if __name__ == "__main__":
    main()
