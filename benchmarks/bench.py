"""The table of speeds: every row ours beside a peer; exits with 1 where a ratio breaks its bound.

    make bench
    python benchmarks/bench.py --only augmentation step

Each group of rows is measured by a file of this folder, in a process of its own for each heap that it is measured in,
since the heap is decided when a process starts.  The contestants of a row run in one process and take turns: (median,
best) of CPU time.  "kept-beside-default-heap" alone is out of two processes.  Bounds are on ratios, never on times, and
stand in benchmarks/bounds.yaml; what a peer that is not installed would have to show is not checked.
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from bench_parts.bounds import read
from bench_parts.gathering import to_json
from bench_parts.groups import GROUPS, beginnings
from bench_parts.run import run


def measure(file: str, answer: str) -> None:
    """In the process of a group: write its rows."""
    import torch

    torch.set_num_threads(1)
    Path(answer).write_text(to_json(import_module(file).rows()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=[*GROUPS], metavar="GROUP", help=", ".join(GROUPS))
    names = parser.parse_args().only
    sys.exit(run(names, read(beginnings(GROUPS))))


if __name__ == "__main__":
    main()
