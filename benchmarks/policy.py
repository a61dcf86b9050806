"""Policies: what they cost as augmentation, learned beside a network, and at test time, as ratios in one run.

    taskset -c 0 env OMP_NUM_THREADS=1 python benchmarks/policy.py [--full] [--only update,training]
    python benchmarks/policy.py --gpu [--full]

CPU time of one thread; all arms of a part take turns.  A ratio is the median over rounds; "again" is the same work once
more, and a goal counts as missed where it is exceeded by more than these two differ.

Augmentation: the heuristic policy beside batchgeneratorsv2 (`pip install -e '.[bench]'`), MONAI, the shared baseline
and a training step.  Update: one of the policies beside a plain step of the same batch, whole and in parts; joint is
with test-time policy.  Training: from the first update to the last, through the trainer, without validation.
Prediction: time per image, beside MONAI's test-time augmentation with as many passes.
Without --full: few rounds, within a minute, as `make bench` runs it; of the trainings those of rare updates alone.
--gpu: the same on the wall, and whether steps wait for the GPU.  For the conditions of a study add the variables of
`KEEP_HEAP` in segaug/experiment/machine/process.py to the environment.
"""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import dataclass

import torch
from bench_parts.turns import cpu_clock, gpu_clock
from policy_parts.augmentation import augmentation_table
from policy_parts.gpu import waits_line
from policy_parts.prediction import prediction_table
from policy_parts.training import STRATEGIES, training_table
from policy_parts.update import update_table

PARTS = ("augmentation", "update", "training", "prediction")
LARGE, SIDE = 256, 64  # px: of what is augmented, and of what a network sees


@dataclass(frozen=True)
class Amount:
    """How much is measured."""

    augmentations: tuple[int, int]  # rounds, and batches in each
    updates: int  # rounds
    trainings: tuple[int, int]  # updates, rounds
    strategies: tuple[str, ...]  # of the trainings
    predictions: tuple[int, int]  # images, rounds


QUICK = Amount((3, 10), 2, (10, 1), ("heuristic", "heuristic again", "learned, every 10"), (8, 3))
FULL = Amount((15, 20), 15, (30, 3), tuple(STRATEGIES), (16, 15))


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="many rounds, all trainings")
    parser.add_argument("--only", default=",".join(PARTS), help="these parts, separated by commas")
    parser.add_argument("--gpu", action="store_true", help="on a CUDA device")
    args = parser.parse_args()
    chosen = args.only.split(",")
    if unknown := [name for name in chosen if name not in PARTS]:
        parser.error(f"--only: there is no {', '.join(unknown)}; choose from {', '.join(PARTS)}")
    if args.gpu and not torch.cuda.is_available():
        parser.error("--gpu: torch sees no CUDA device")
    torch.set_num_threads(1)
    amount, at = FULL if args.full else QUICK, torch.device("cuda" if args.gpu else "cpu")
    clock = gpu_clock if args.gpu else cpu_clock
    if "augmentation" in chosen:
        augmentation_table(LARGE, *amount.augmentations, at, clock)
    if "update" in chosen:
        update_table(SIDE, amount.updates, at, clock)
    if "training" in chosen:
        training_table(SIDE, *amount.trainings, at, clock, amount.strategies)
    if "prediction" in chosen:
        prediction_table(SIDE, *amount.predictions, at, clock)
    if args.gpu:
        waits_line(LARGE, at)


if __name__ == "__main__":
    main()
