"""What AugPaint costs beside its networks, as ratios in one run.

    python benchmarks/augpaint.py [--full] [--only trainings,painting,trial,survey]
    python benchmarks/augpaint.py --gpu [--side 256]

CPU time on one thread, 64 x 64, the CPU profile.  The arms take turns; what is printed is the median ratio in a round,
with a 95 % interval over rounds.  "bare again" (in trials: "rows again") is the same work once more: how far its
interval reaches from 1 is what the other work of the machine does to any ratio, and a goal counts as missed where it is
exceeded by more.  "by what it adds" is steadier: what a painting does beside its passes, added to the passes alone, and
what a trial does beside its updates, in the place of what the baseline does.

Trainings: an update through the LightningModule, with everything that belongs to it, beside forward, backward and Adam
of the same network on a batch of the same size.  Painting: 20 images beside the forward passes of the network alone;
then a bank in batches of several sizes.  Trials: with a bank that lies ready, beside the baseline on as many rows and
in as large batches, and beside the baseline as it is.  Their trainings are shortened, and count as long as the whole.
Survey: a study whose pool has 468 images, of which nothing or everything has been made.
Without --full: few rounds, within a minute, as `make bench` runs it.  --gpu: the published profile, 256 x 256, bf16.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from augpaint_parts import gpu, painting, survey, trial
from augpaint_parts.trainings import autoencoder, denoiser, images
from augpaint_parts.updates import SEED, Turns, bare_update, run_in_turns

from benchmarks.discrepancy import Ratio, interleaved_s, judged, line, ratio
from segaug.experiment.artefacts.store import KEEP_EVERY_S

SIDE, UPDATES, BANK = 64, 256, 64  # px; of a whole trial; images
UPDATE_GOAL, PAINT_GOAL, TRIAL_GOAL, SURVEY_GOAL_S = 1.1, 1.05, 1.05, 0.05


@dataclass(frozen=True)
class Amount:
    """How much is measured."""

    rounds: int  # of trainings
    paintings: int
    steps: int  # of each
    resample: int
    bank: int  # rounds
    bank_steps: int
    trials: int
    updates: int  # of each of these trials
    surveyed: int  # trials
    precisions: tuple[str, ...]  # of the denoiser


QUICK = Amount(
    rounds=4, paintings=3, steps=2, resample=2, bank=1, bank_steps=1, trials=2, updates=3, surveyed=30,
    precisions=("float32",),
)  # fmt: skip
FULL = Amount(
    rounds=30, paintings=8, steps=25, resample=4, bank=4, bank_steps=4, trials=4, updates=64, surveyed=300,
    precisions=("float32", "bfloat16"),
)  # fmt: skip


def verdict_line(name: str, value: Ratio, goal: float, again: Ratio) -> bool:
    """Print it; is the goal missed?"""
    verdict = judged(value.median, goal, again.spread)
    line(name, value, f"at most {goal:.2f} (noise {again.spread:.3f}): {verdict}")
    return verdict == "missed"


def told(times: dict[str, np.ndarray]) -> str:
    """Medians of the arms."""
    return ", ".join(f"{name} {1e3 * np.median(each):.1f} ms" for name, each in times.items())


def trainings(amount: Amount) -> bool:
    """An update of either training."""
    missed, image = False, images(SIDE)
    kinds = [(denoiser, precision) for precision in amount.precisions] + [(autoencoder, "float32")]  # as its codes are
    for make, precision in kinds:
        training = make("small", image, amount.rounds + 2)
        update = partial(bare_update, training.learning.network, training.bare_loss, precision=precision)
        turns = Turns({"bare": update(), "bare again": update()})
        times = run_in_turns(training.learning, turns, precision=precision)
        print(f"an update of the {make.__name__}, {precision}, {amount.rounds + 1} rounds: {told(times)}")
        again = ratio(times["bare again"], times["bare"])
        line("bare again / bare", again)
        kept = turns.kept_s / KEEP_EVERY_S
        missed |= verdict_line("module / bare", ratio((1 + kept) * times["module"], times["bare"]), UPDATE_GOAL, again)
        print(
            f"    of it, what is kept on the way: {kept:.4f} ({turns.kept_s:.2f} s once in {KEEP_EVERY_S:.0f} s)",
            flush=True,
        )
    return missed


def paintings(amount: Amount) -> bool:
    """Painting in one batch, and a bank by the size of the batches."""
    rows, passes = 20, amount.steps * amount.resample
    times = interleaved_s(painting.beside_passes(SIDE, rows, amount.steps, amount.resample), amount.paintings)
    print(f"painting {rows} images in {passes} passes, {amount.paintings} rounds: {told(times)}")
    again = ratio(times["bare again"], times["bare"])
    line("bare again / bare", again)
    missed = verdict_line("paint / passes", ratio(times["paint"], times["bare"]), PAINT_GOAL, again)
    added = ratio(times["bare"] + times["no passes"], times["bare"])
    missed |= added.median > PAINT_GOAL
    line("  by what it adds", added, f"at most {PAINT_GOAL:.2f}: {judged(added.median, PAINT_GOAL, 0.0)}")
    times = interleaved_s(painting.by_batch(SIDE, BANK, amount.bank_steps), amount.bank)
    print(f"a bank of {BANK} images, passes: {amount.bank_steps}, rounds: {amount.bank}: {told(times)}")
    line("one by one / 1 batch", ratio(times["one by one"], times["one batch"]))
    line("fives / one batch", ratio(times["fives"], times["one batch"]), "fives: as samples are made")
    return missed


def whole_trials(amount: Amount) -> bool:
    """Trials with a bank that lies ready."""
    order = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        made = trial.trials(Path(folder), amount.updates)
        spent: dict[str, list[trial.Spent]] = {name: [] for name in made.arms}
        for _ in range(amount.trials):
            for name in order.sample([*made.arms], len(made.arms)):
                spent[name].append(made.spent(name))
    times = {name: np.array([each.at(UPDATES) for each in arm]) for name, arm in spent.items()}
    rest = {name: np.array([each.whole - each.fit for each in arm]) for name, arm in spent.items()}
    print(f"trials of {UPDATES} updates, from {amount.updates}, {amount.trials} rounds: {told(times)}")
    print(f"  of it, beside the updates: {told(rest)}")
    again = ratio(times["rows again"], times["rows"])
    line("rows again / rows", again)
    missed = verdict_line("augpaint / rows", ratio(times["augpaint"], times["rows"]), TRIAL_GOAL, again)
    added = ratio(times["rows"] + (rest["augpaint"] - rest["rows"]), times["rows"])
    missed |= added.median > TRIAL_GOAL
    line("  by what it adds", added, f"at most {TRIAL_GOAL:.2f}: {judged(added.median, TRIAL_GOAL, 0.0)}")
    line("augpaint / plain", ratio(times["augpaint"], times["plain"]), "batches of 8 beside batches of 4")
    return missed


def surveys(amount: Amount) -> bool:
    """At two sizes of the images."""
    missed = False
    for side in (64, 256):
        with tempfile.TemporaryDirectory() as folder:
            took = survey.surveyed(side, amount.surveyed, Path(folder))
        each = (took.nothing_there, took.all_there)
        missed |= max(each) > SURVEY_GOAL_S
        print(
            f"survey of {amount.surveyed} trials, pool of {survey.POOL}, {side} x {side}: nothing there "
            f"{each[0]:.4f} s a trial, all there {each[1]:.4f} s; at most {SURVEY_GOAL_S:g}: "
            + ("missed" if max(each) > SURVEY_GOAL_S else "met"),
            flush=True,
        )
    return missed


PARTS = {"trainings": trainings, "painting": paintings, "trial": whole_trials, "survey": surveys}


def main() -> int:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="many rounds, longer trials, both precisions")
    parser.add_argument("--only", default=",".join(PARTS), help="these parts, separated by commas")
    parser.add_argument("--gpu", action="store_true", help="the published profile on a CUDA device, and nothing else")
    parser.add_argument("--side", type=int, default=256, help="of the images of --gpu [px]")
    args = parser.parse_args()
    if args.gpu:
        if not torch.cuda.is_available():
            parser.error("--gpu: torch sees no CUDA device")
        gpu.report(torch.device("cuda"), args.side, updates=40)
        return 0
    chosen = args.only.split(",")
    if unknown := [name for name in chosen if name not in PARTS]:
        parser.error(f"--only: there is no {', '.join(unknown)}; choose from {', '.join(PARTS)}")
    torch.set_num_threads(1)
    print(f"one thread, torch {torch.__version__}, load {os.getloadavg()[0]:.1f}")
    missed = []
    for name in chosen:
        start = time.perf_counter()
        missed.append(PARTS[name](FULL if args.full else QUICK))
        print(f"  ({name}: {time.perf_counter() - start:.0f} s)", flush=True)
    return int(any(missed))


if __name__ == "__main__":
    sys.exit(main())
