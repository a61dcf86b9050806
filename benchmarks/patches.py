"""Patches of large images beside images of the patches' size: what does it cost to augment them?  In one run.

Run: taskset -c 0 env OMP_NUM_THREADS=1 python benchmarks/patches.py [--side 512] [--patch 64] [--rounds 15]

CPU time of one thread, batch of 8 with one label channel, the shared baseline with every random transform at p = 1, the
same draws on both sides; patches lie elsewhere in each step.  The rounds alternate between the two; beside the median
stands the fastest round.  Drawing the patches and copying the rows of the batch, which the trainer does before, stand
beside it.  The goal is a ratio of at most 1.5.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count, islice
from statistics import median
from time import process_time

import torch
from torch.nn import functional as F

from segaug.augment.augment import augment
from segaug.augment.baseline import Baseline
from segaug.batch import Batch
from segaug.rng import stream
from segaug.training.batches import SubsetBatches

ROWS = 8
STAGES = Baseline(p_rotation=1, p_affine=1, p_histogram_shift=1).stages()


def example(side: int) -> Batch:
    """Smooth images with blobs, since sampling noise would miss the cache on both sides."""
    rng = stream(0, "benchmark")
    image = F.interpolate(torch.rand(ROWS, 1, 24, 24, generator=rng), size=(side, side), mode="bicubic").clamp(0, 1)
    return Batch(
        image, (image > 0.6).float(), torch.arange(ROWS), torch.ones(ROWS, 2), torch.zeros(ROWS, dtype=torch.long)
    )


def augmenting(batches: list[Batch]) -> Callable[[], object]:
    """One step after the other, on these batches in turn."""
    steps = count()

    def run() -> object:
        step = next(steps)
        return augment(STAGES, None, batches[step % len(batches)], partial(stream, 0, "augment", step))

    return run


def measured(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each round."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name, run in contestants.items():
            start = process_time()
            run()
            if turn:  # the first turn warms caches up
                times[name].append(1e3 * (process_time() - start))
    return times


def main() -> None:
    parser = ArgumentParser(description="Patches of large images beside images of their size, one thread, CPU time")
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--patch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    torch.set_num_threads(1)
    patched = SubsetBatches(example(args.side), ROWS, 10**9, seed=0, patch=(args.patch,) * 2)
    drawing = iter(patched)
    contestants = {
        "images": augmenting([example(args.patch)]),
        "patches": augmenting([*islice(patched, 4)]),
        "drawing": lambda: next(drawing),
    }
    times = measured(contestants, args.rounds)
    for name, summary in (("median", median), ("fastest", min)):
        ms = {contestant: summary(values) for contestant, values in times.items()}
        each = (
            f"images of {args.patch} {ms['images']:.2f}, patches of {args.patch} from {args.side} {ms['patches']:.2f}"
        )
        print(f"{name:8s}{each} ms per batch of {ROWS}, ratio {ms['patches'] / ms['images']:.2f}", end="")
        print(f"; drawing and copying rows {ms['drawing']:.2f} ms")


if __name__ == "__main__":
    main()
