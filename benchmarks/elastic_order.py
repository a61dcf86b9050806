"""Does it matter whether the elastic field of `red` acts before the baseline or after it? Pair by pair.

    SEGAUG_DATA=FOLDER python benchmarks/elastic_order.py --keep FOLDER [--pairs 16] [--sizes 4 16] [WORDS]

WORDS are options of `segaug train`; without any: nnunet on the hippocampus.  A pair has one subset, order of images,
initial weights, and all draws; the old order is a plugin, in benchmarks/elastic_order_parts.  Trials that are in --keep
are not run again: ended at any point, the same command goes on, and `--only-table` trains nothing.  Without --keep: a
few short trials on generated hearts, which show how it runs and decide nothing.

Printed for each N: the mean of both and the mean difference of test BCE and Dice, elastic last less elastic first, with
its 95 % interval over pairs (Student's t), beside the standard deviation over seeds with the elastic field first.
"""

import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import numpy as np
from paired_parts.difference import Difference
from paired_parts.trials import asked, train

from segaug.results.store import Store

Json = dict[str, Any]
Pair = tuple[Json, Json]  # records of elastic first and of elastic last
STUDY = "elastic_order"
FIRST, LAST = "elastic_first", "red"  # names of the strategies
PLUGIN = {  # what pip would leave behind of a package that is installed
    "METADATA": "Metadata-Version: 2.1\nName: elastic-order\nVersion: 1\n",
    "entry_points.txt": f"[segaug.strategies]\n{FIRST} = elastic_order_parts.strategy:ElasticFirst\n",
}


def main() -> None:
    with asked(__doc__, pairs=16, sizes=[4, 16]) as args:
        if not args.only_table:
            with tempfile.TemporaryDirectory() as folder:
                path = plugged(Path(folder))
                train(args, STUDY, [f"augment={FIRST},{LAST}"], {**os.environ, "PYTHONPATH": path})
        print(table(pairs(args.keep)))


def plugged(folder: Path) -> str:
    """Where Python finds the plugin, and segaug its entry point."""
    metadata = folder / "elastic_order-1.dist-info"
    metadata.mkdir()
    for name, text in PLUGIN.items():
        (metadata / name).write_text(text)
    return os.pathsep.join([str(folder), str(Path(__file__).parent), *sys.path])


def pairs(folder: Path) -> dict[int, list[Pair]]:
    """Finished pairs of the same seed, by N."""
    found: dict[tuple[int, int], dict[str, Json]] = defaultdict(dict)
    for record in Store(folder / STUDY).records():
        found[record["size"], record["seed"]][record["config"]["augment"]["name"]] = record
    paired: dict[int, list[Pair]] = defaultdict(list)
    for (size, _), both in sorted(found.items()):
        if len(both) == 2:
            paired[size].append((both[FIRST], both[LAST]))
    return paired


def table(by_size: dict[int, list[Pair]]) -> str:
    """A line for each N."""
    lines = [f"{'N':>3}  pairs  {'metric':<6}  first   last    last - first, 95 %           SD over seeds"]
    for size, both in by_size.items():
        for metric in ("bce", "dice"):
            scores = np.array([[record["test"]["best"][metric] for record in pair] for pair in both])
            if len(both) > 1:
                lines.append(f"{size:>3}  {len(both):>5}  {metric:<6}  {line(scores)}")
    return "\n".join(lines)


def line(scores: np.ndarray) -> str:
    """Of (pairs, 2) scores."""
    first, last = scores.mean(0)
    change = Difference.of(scores[:, 0], scores[:, 1])
    return f"{first:.4f}  {last:.4f}  {change!s:<27}  {change.spread:.4f}"


if __name__ == "__main__":
    main()
