"""Registration: ours beside the tools of today, on labelled pairs of two subjects, in one run.

Run: taskset -c 0 python benchmarks/registration.py [--draw tune] [--data cardiac ...] [--only ours]

CPU time of one thread for one pair, with the maps in both directions where the method finds both; the methods take
turns pair by pair, and ours also eight pairs at a time. Peers come with `pip install -e '.[bench]'`, but for FireANTs,
which asks for an old SimpleITK that it can do without: `pip install --no-deps fireants`. Real pairs come from
$SEGAUG_DATA. Parameters are chosen on `--draw tune`, whose subjects never occur in the draw that is reported.
"""

import os

THREADS = ("OMP_NUM", "MKL_NUM", "OPENBLAS_NUM", "ITK_GLOBAL_DEFAULT_NUMBER_OF")  # read when the libraries are loaded
os.environ.update({f"{name}_THREADS": "1" for name in THREADS}, MKL_CBWR="AUTO")  # the latter as in a study

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from registration_parts.method import Method
from registration_parts.ours import ours
from registration_parts.pair import Draw, Pair, stack
from registration_parts.peers import installed
from registration_parts.phantoms import phantom_pairs
from registration_parts.scores import mean_dice
from registration_parts.subjects import cardiac_pairs, hippocampus_pairs
from registration_parts.table import Entry, table

from segaug.errors import UserError
from segaug.registration.lddmm import Lddmm

BATCH = 8
DEFAULT = Lddmm()
CLEAN = Lddmm(similarity="ssd", ell=0.05, sigma=0.5)  # for images that differ in shape only


@dataclass(frozen=True)
class Contest:
    """Pairs of one size, and our settings for them; all are compared with the first of these at batch 8."""

    title: str
    pairs: Callable[[Draw], list[Pair]]
    settings: Mapping[str, Lddmm]


def contests() -> dict[str, Contest]:
    both = {"SSD": CLEAN, "LNCC": DEFAULT}
    made = {
        f"phantoms{side}": Contest(
            f"generated chests and hearts, {side} x {side}", partial(phantom_pairs, side=side), both
        )
        for side in (256, 128)
    }
    if not os.environ.get("SEGAUG_DATA"):
        print("without real pairs: SEGAUG_DATA names no folder")
        return made
    data, lncc = Path(os.environ["SEGAUG_DATA"]), {"LNCC": DEFAULT}
    return made | {
        "cardiac": Contest("cardiac MRI between subjects, 192 x 192", partial(cardiac_pairs, data), lncc),
        "hippocampus": Contest("hippocampus MRI between subjects, 64 x 64", partial(hippocampus_pairs, data), lncc),
    }


def compete(pairs: Sequence[Pair], settings: Mapping[str, Lddmm], peers: Mapping[str, Method]) -> list[Entry]:
    """All methods on all pairs, in turns; what a method does once (load, fill its caches) is not timed."""
    batched = {f"ours, {name}, batch {BATCH}": ours(lddmm) for name, lddmm in settings.items()}
    single = {f"ours, {name}, batch 1": ours(lddmm) for name, lddmm in settings.items()} | dict(peers)
    entries = {name: Entry(name) for name in batched | single}
    for method in single.values():
        method(stack(pairs[:1]))
    for first in range(0, len(pairs), BATCH):
        turn = stack(pairs[first : first + BATCH])
        for name, method in batched.items():
            entries[name].add(turn, method(turn))
        for pair in pairs[first : first + BATCH]:
            for name, method in single.items():
                entries[name].add(stack([pair]), method(stack([pair])))
    return list(entries.values())


def main() -> None:
    available = contests()
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--draw", choices=["tune", "report"], default="report")
    parser.add_argument("--data", nargs="+", choices=list(available), default=list(available), metavar="NAME")
    parser.add_argument("--only", choices=["ours"], help="leave the peers out")
    args = parser.parse_args()
    torch.set_num_threads(1)
    print(f"one thread, torch {torch.__version__}")
    peers = {} if args.only else installed()
    for contest in (available[name] for name in args.data):
        try:
            pairs = contest.pairs(args.draw)
        except UserError as error:  # no such data
            parser.error(str(error))
        together = stack(pairs)
        before = mean_dice(together.moving_label, together.fixed_label).mean()
        print(f"\n{contest.title}: {len(pairs)} pairs to {args.draw}, Dice {before:.3f} before")
        print(table(compete(pairs, contest.settings, peers)), flush=True)


if __name__ == "__main__":
    main()
