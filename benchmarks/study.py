"""A small study by segaug beside a plain script: `python benchmarks/study.py [--full] [--inference float32]`.

Both train nnunet with elastic deformation on the same images at N = 4 and 16: the same network, updates, batches,
learning rates, transforms and validations, best weights by validation BCE, BCE and Dice on the test set.  segaug is
`segaug train` with one worker; the script, `study_parts/plain_trial.py`, is MONAI, Lightning and a DataLoader, a
process for each trial.  Each does its work alone on one core, by turns; both sides' scores are printed, since whoever
does less is faster.  segaug finds its images decoded in its cache, the script finds them in one file.

In float32 on both sides, and segaug in bfloat16 beside the same script.  Workers of segaug keep their heap, the
script has the system's; with --full it also runs with a heap that is kept, as one may ask for by three variables.
--inference float32: segaug trains in bfloat16 and predicts in float32.

Then whole trials in bfloat16 beside those in float32, and how much of a trial at N = 1 is validation and test.  All is
CPU time.  Short: one seed, one turn; `--full`: three seeds, two turns.  Data: hippocampus, where SEGAUG_DATA names a
folder that has it, else generated hearts.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

from bench_parts.row import Row
from study_parts.question import Question, Scores
from study_parts.sides import Turn, by_plain_script, by_segaug, whole_trials

OURS, SHIPPED = "segaug, float32", "segaug, bfloat16"
TURNS = 2  # of the long form
PLAIN, PLAIN_KEPT = "plain script, float32", "plain script, float32, kept heap"


def rows(short: bool = True, inference: str = "bfloat16", question: Question | None = None) -> list[Row]:
    """Run all of it, and print what each turn scores and costs."""
    asked = question or Question(seeds=1 if short else 3)
    count = 1 if short else TURNS
    bfloat16 = ["protocol.precision=bfloat16", f"protocol.inference_precision={inference}"]
    also = ", inference too" if inference == "bfloat16" else ""
    turns = played(asked, bfloat16, count)
    table = [study_row("study/float32", OURS, PLAIN, turns), study_row("study/shipped", SHIPPED, PLAIN, turns)]
    if PLAIN_KEPT in turns:
        table.append(study_row("study/float32-kept-heap", OURS, PLAIN_KEPT, turns))
    return [*table, *trial_rows(asked, bfloat16, also, count)]


def played(question: Question, bfloat16: Sequence[str], count: int) -> dict[str, list[Turn]]:
    """Every side's turns, one after the other, the whole round `count` times."""
    turns: dict[str, list[Turn]] = {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "images.npz"
        subsets = question.write(data)
        sides: dict[str, Callable[[], Turn]] = {
            OURS: lambda: by_segaug(question, ()),
            PLAIN: lambda: by_plain_script(question, data, subsets, kept_heap=False),
            SHIPPED: lambda: by_segaug(question, bfloat16),
        }
        if count > 1:
            sides[PLAIN_KEPT] = lambda: by_plain_script(question, data, subsets, kept_heap=True)
        for _ in range(count):
            for name, play in sides.items():
                turns.setdefault(name, []).append(play())
                print(told(name, turns[name][-1]), flush=True)
    return turns


def told(name: str, turn: Turn) -> str:
    """A line about one turn."""
    mean = Scores.mean(turn.scores)
    scores = f"{len(turn.scores)} trials, test BCE {mean.bce:.4f}, Dice {mean.dice:.3f}"
    return f"  {name:34}{scores}; CPU {turn.cost.cpu_s:6.1f} s, clock {turn.cost.wall_s:6.1f} s"


def study_row(key: str, ours: str, peer: str, turns: Mapping[str, Sequence[Turn]]) -> Row:
    """CPU time of a study, from the command to the last score."""
    what = f"study of {len(turns[peer][0].scores)} trials, {ours}"
    first, second = (summary([turn.cost.cpu_s for turn in turns[side]]) for side in (ours, peer))
    return Row(key=key, what=what, beside=peer, ours=first, peer=second, unit="s")


def trial_rows(question: Question, bfloat16: Sequence[str], also: str, rounds: int) -> list[Row]:
    """CPU time of whole trials, and of what is not training where that is most."""
    took = whole_trials(question, bfloat16, rounds)
    found = [
        Row(
            key=f"trial/bfloat16/n{size}",
            what=f"whole trial, N = {size}, bfloat16{also}",
            beside="the same in float32",
            ours=summary(took[str(size)]["bfloat16"]),
            peer=summary(took[str(size)]["float32"]),
            unit="s",
        )
        for size in (1, *question.sizes)
    ]
    share = Row(
        key="trial/n1-inference",
        what=f"validation and test of a trial, N = 1, {question.updates} updates, float32",
        beside="all of the trial",
        ours=summary(took["1"]["float32 passes"]),
        peer=summary(took["1"]["float32"]),
        unit="s",
        slower=True,  # the ratio is the share
    )
    return [*found, share, *part_rows(question.sizes[-1], took)]


def part_rows(size: int, took: Mapping[str, Mapping[str, Sequence]]) -> list[Row]:
    """What is not the network, as a share of a trial by the clock."""
    parts = took[str(size)]["float32 parts"]
    total = summary([each["total"] for each in parts])
    network, augmentation = ([each[name] for each in parts] for name in ("network", "augmentation"))
    rest = [each["total"] - n - a for each, n, a in zip(parts, network, augmentation, strict=True)]
    return [
        Row(
            key=f"trial/{key}", what=f"{what}, N = {size}, float32", beside="all of the trial", ours=summary(seconds),
            peer=total, unit="s", slower=True,
        )
        for key, what, seconds in (
            ("augmentation", "augmentation of a trial", augmentation),
            ("rest", "a trial without its network and augmentation", rest),
        )
    ]  # fmt: skip


def summary(values: Sequence[float]) -> tuple[float, float]:
    return median(values), min(values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="three seeds, two turns; about half an hour")
    parser.add_argument(
        "--inference", choices=("float32", "bfloat16"), default="bfloat16", help="of segaug in bfloat16"
    )
    parser.add_argument("--updates", type=int, default=64)
    parser.add_argument("--features", type=int, default=32, help="channels of the network at full resolution")
    parser.add_argument("--sizes", type=int, nargs="+", default=[4, 16])
    options = parser.parse_args()
    network = {"updates": options.updates, "features": options.features}
    question = Question(sizes=options.sizes, seeds=3 if options.full else 1, **network)
    for row in rows(not options.full, options.inference, question):
        ours, peer = (f"{each[0]:.2f} (best {each[1]:.2f})" for each in (row.ours, row.peer))
        print(f"{row.key:26}{row.what}: {ours} {row.unit}; {row.beside}: {peer} {row.unit}; ratio {row.ratio:.3g}")


if __name__ == "__main__":
    main()
