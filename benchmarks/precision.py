"""What bfloat16 does to test scores: the same trials in each precision, seed by seed.

    SEGAUG_DATA=FOLDER python benchmarks/precision.py --keep FOLDER [--pairs 24] [--sizes 4 16] [--updates 64] [WORDS]

WORDS are options of `segaug train`, e.g. dataset=busi model=swin_unet; without any: nnunet on the hippocampus.  A pair
has one subset, order, initial weights and draws.  Trials that are in --keep are not run again: ended at any point, the
same command goes on, and `--only-table` trains nothing.  Without --keep: a few short trials on generated hearts, which
show how it runs and decide nothing.

Three arms: float32; training in bfloat16; validation, recalibration and test in bfloat16 as well.  Printed for each of
the last two and each N: the mean difference of test BCE to float32, with its 95 % interval over pairs (Student's t),
beside a quarter of the standard deviation over seeds in float32; Dice likewise, where more is better.  An arm is as
good where both ends lie within the quarter or in its favour.  Whether bfloat16 is faster is for other benchmarks;
`trial x` is the ratio of both whole trials' seconds here, whatever else ran.
"""

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import numpy as np
from paired_parts.difference import Difference
from paired_parts.trials import asked, train

from segaug.results.store import Store

Json = dict[str, Any]
Pair = tuple[Json, Json]  # records of float32 and of an arm in bfloat16
ARMS = {  # precision of training, of inference -> name
    ("float32", "float32"): "float32",
    ("bfloat16", "float32"): "training in bfloat16",
    ("bfloat16", "bfloat16"): "training and inference in bfloat16",
}
STUDIES = {  # name -> arms; a study holds one inference precision for a curve
    "precision": ["protocol.precision=float32,bfloat16"],
    "inference_precision": ["protocol.precision=bfloat16", "protocol.inference_precision=bfloat16"],
}
TOLERATED = 0.25  # of the standard deviation over seeds


def main() -> None:
    with asked(__doc__, pairs=24, sizes=[4, 16, 64]) as args:
        for study, arms in () if args.only_table else STUDIES.items():
            train(args, study, arms)
        for task, by_size in sorted(pairs(args.keep).items()):
            print(f"\n{task}\n{table(by_size)}")


def pairs(folder: Path) -> dict[str, dict[int, list[Pair]]]:
    """Finished pairs of the same seed, by what they train and by N."""
    found: dict[tuple[str, int, int], dict[str, Json]] = defaultdict(dict)
    for record in (record for study in STUDIES for record in Store(folder / study).records()):
        protocol = record["config"]["protocol"]
        arm = ARMS[protocol["precision"], protocol.get("inference_precision", "float32")]
        strategy = record["config"]["augment"]["name"]
        trained = f"{record['task']}, {record['model']}, {strategy}, {record['training']['updates']} updates"
        found[trained, record["size"], record["seed"]][arm] = record
    paired: dict[str, dict[int, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for (trained, size, _), by_arm in sorted(found.items()):
        exact = by_arm.pop("float32", None)
        for arm, record in by_arm.items() if exact else ():
            paired[f"{trained}: {arm}"][size].append((exact, record))
    return paired


def table(by_size: dict[int, list[Pair]]) -> str:
    """A line for each N."""
    head = f"{'bfloat16 - float32':<28}{'quarter SD':<19}"
    lines = [f"  N  pairs  BCE: {head}Dice: {head}trial x"]
    for size, both in by_size.items():
        if len(both) > 1:
            bce, dice = difference(both, "bce", better=-1), difference(both, "dice", better=1)
            lines.append(f"{size:>3}  {len(both):>5}       {bce}      {dice}{faster(both):.2f}")
    return "\n".join(lines)


def difference(both: Sequence[Pair], metric: str, better: int) -> str:
    """Its cells of a line; better: 1 where more is better, -1 where less is."""
    scores = np.array([[record["test"]["best"][metric] for record in pair] for pair in both])
    change = Difference.of(scores[:, 0], scores[:, 1])
    tolerated, worst = TOLERATED * change.spread, change.low if better > 0 else -change.high
    verdict = "as good" if worst >= -tolerated else "not shown"
    return f"{change!s:<28}{f'{tolerated:.4f} {verdict}':<19}"


def faster(both: Sequence[Pair]) -> float:
    """Seconds of a whole trial in float32, by those in bfloat16; the median pair's."""
    seconds = [[record["run"]["seconds"]["total"] for record in pair] for pair in both]
    return float(np.median([float32 / bfloat16 for float32, bfloat16 in seconds]))


if __name__ == "__main__":
    main()
