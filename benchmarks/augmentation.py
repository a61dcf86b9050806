"""Flip, affine, elastic and histogram shift: ours beside other libraries, in one run; and RegDA beside MONAI.

Run: taskset -c 0 env OMP_NUM_THREADS=1 python benchmarks/augmentation.py [--side 64 256] [--rounds 15]

CPU time of one thread, batch of 8 with one label channel, every random transform at p = 1 on all sides.  Contestants
take turns, in each of which they make batch after batch for at least 20 ms, as a loader does; what a single batch takes
after an update of the network, which leaves it nothing in the processor's cache, is in the rows of `step`.  Beside the
median stands the fastest round, which neighbours on the machine disturb least.  Ours works on the batch and reads
images once; the others work image by image.  What each does less or more than ours is told where it is made, in
augmentation_parts/peers.py; MONAI's transforms alone do just what ours do.  RegDA shoots momenta that were registered
beforehand, guards its maps and runs the same baseline: on real images where SEGAUG_DATA names a folder of them.  For
the heap of a study's workers: `python benchmarks/bench.py --only augmentation`.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", MKL_CBWR="AUTO")  # as in a study

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path

import torch
from augmentation_parts.peers import MONAI, PEERS, Run, installed
from bench_parts.row import Row
from bench_parts.table import line
from bench_parts.turns import in_turns
from registration_parts.pair import Stacked, stack
from registration_parts.phantoms import phantom_pairs
from registration_parts.subjects import cardiac_pairs, hippocampus_pairs
from topology import prepared, steps_of
from torch.nn import functional as F

from segaug.augment.baseline import Baseline
from segaug.augment.red import RandomElastic
from segaug.augment.regda import RegDA
from segaug.batch import Batch
from segaug.rng import stream

ROWS, TURN_MS = 8, 20
SIDES, LARGE = (64, 256), 512
ALL_ON = Baseline(p_rotation=1, p_affine=1, p_histogram_shift=1)


def example(side: int) -> Batch:
    """Smooth images with blobs, since sampling noise would miss the cache on both sides."""
    rng = stream(0, "benchmark")
    image = F.interpolate(torch.rand(ROWS, 1, 24, 24, generator=rng), size=(side, side), mode="bicubic").clamp(0, 1)
    return Batch(
        image, (image > 0.6).float(), torch.arange(ROWS), torch.ones(ROWS, 2), torch.zeros(ROWS, dtype=torch.long)
    )


def red(batch: Batch) -> Run:
    return steps_of(RandomElastic(baseline=ALL_ON).stages(), None, batch)


def regda(images: Stacked) -> tuple[Run, Run]:
    """Ours and MONAI on the images that ours registers."""
    label = (images.moving_label > 0).float()
    batch = Batch(images.moving, label, torch.arange(ROWS), torch.ones(ROWS, 2), torch.zeros(ROWS, dtype=torch.long))
    strategy = RegDA(external=ROWS, baseline=ALL_ON)
    _, _, peer = PEERS["monai"]
    return steps_of(strategy.stages(), prepared(strategy, batch, images.fixed), batch), peer(batch)


def to_register(side: int) -> tuple[str, Stacked]:
    """Of different people where $SEGAUG_DATA has them, else generated ones, which are further apart."""
    folder = os.environ.get("SEGAUG_DATA")
    if folder is None:
        return "generated chests and hearts", stack(phantom_pairs("tune", side))
    name, pairs = ("hippocampus", hippocampus_pairs) if side <= 64 else ("hearts", cardiac_pairs)
    found = stack(pairs(Path(folder), "report")[:ROWS])
    return name, Stacked(*(F.interpolate(each, size=(side, side)) for each in found))


def rows(sides: Sequence[int] = SIDES, rounds: int = 15) -> list[Row]:
    found = [row for side in sides for row in (*red_rows(side, rounds), regda_row(side, rounds))]
    return [*found, growth(rounds)] if max(sides) > min(sides) else found


def red_rows(side: int, rounds: int) -> list[Row]:
    batch = example(side)
    arms = {name: make(batch) for name, (_, module, make) in PEERS.items() if installed(module)}
    ms = in_turns({"ours": red(batch), **arms}, rounds, TURN_MS)
    what = f"red, every transform on, {side} x {side}"
    return [
        Row(key=f"augmentation/red/{side}/{name}", what=what, beside=beside, ours=ms["ours"], peer=ms.get(name))
        for name, (beside, _, _) in PEERS.items()
    ]


def regda_row(side: int, rounds: int) -> Row:
    name, images = to_register(side)
    ours, peer = regda(images)
    ms = in_turns({"ours": ours, "peer": peer}, rounds, TURN_MS)
    what = f"regda, every transform on, {name}, {side} x {side}"
    return Row(key=f"augmentation/regda/{side}/monai", what=what, beside=MONAI, ours=ms["ours"], peer=ms["peer"])


def growth(rounds: int) -> Row:
    """How much longer four times as many pixels take."""
    small, large = SIDES[-1], LARGE
    ms = in_turns({"small": red(example(small)), "large": red(example(large))}, rounds, TURN_MS)
    return Row(
        key=f"augmentation/red/growth-{large}",
        what=f"red, every transform on, {large} x {large}",
        beside=f"the same, {small} x {small}",
        ours=ms["large"],
        peer=ms["small"],
        slower=True,
    )


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, nargs="+", choices=[64, 128, 256], default=[*SIDES])
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    torch.set_num_threads(1)
    for row in rows(args.side, args.rounds):
        print(line(row))


if __name__ == "__main__":
    main()
