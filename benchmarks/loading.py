"""Time to load a large study for a fit: all records one by one, then through the snapshot.

Run: python benchmarks/loading.py [--trials 50000] [--cases 100] [--folder FOLDER]
The records are made up (FOLDER, default: a temporary folder, keeps them for the next run); one core.
Goal: 50,000 records within 1 s of one processor core once a snapshot holds them.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from segaug.analysis.trials.curve_trials import curves
from segaug.analysis.trials.table import study_trials
from segaug.results.json_file import sealed
from segaug.results.snapshot import Snapshot

GOAL_S = 1.0
SIZES, SEEDS, STRATEGIES = 2 ** np.arange(10), 20, 5


def make(folder: Path, trials: int, cases: int) -> None:
    """Write records as large as those of a study: 10 sizes x 20 seeds x 5 strategies a task, then further tasks."""
    rng = np.random.default_rng(0)
    for number in range(trials):
        name = f"{number:016x}"
        path = folder / "trials" / name / "record.json"
        if path.is_file():
            continue
        record = one_record(number, rng.lognormal(-2, 0.3, size=(4, cases)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sealed({**record, "id": name}))


def one_record(number: int, values: np.ndarray) -> dict:
    cell, seed = divmod(number, SEEDS)
    cell, place = divmod(cell, len(SIZES))
    task, strategy = divmod(cell, STRATEGIES)
    size = int(SIZES[place])
    measures = dict(zip(("bce", "bce_recalibrated", "dice", "hd95"), values, strict=True))
    means = {name: float(errors.mean()) * size**-0.3 for name, errors in measures.items()}
    updates = list(range(16, 257, 16))
    return {
        "schema": 1, "status": "ok", "task": f"task{task:02}", "model": "nnunet", "strategy": f"strategy{strategy}",
        "size": size, "seed": seed, "dataset_hash": "d" * 64, "protocol_hash": "p" * 16,
        "config": {"protocol": {"subset": "independent", "count": "images", "length": 256}},
        "labels": {"training": size, "validation": 16},
        "subset": {"ids": [f"case_{i:04}" for i in range(size)], "patients": size, "pool": 600, "overlap": size > 300},
        "sees": ["labelled subset"], "augmentation": None,
        "test": {"best": means, "last": means},
        "cases": {"ids": [f"case_{i:04}" for i in range(len(values[0]))]}
        | {name: errors.tolist() for name, errors in measures.items()},
        "hd95": {"unit": "mm", "both_empty": 0, "one_empty": 0}, "recalibration": {"scale": 1.0, "offset": 0.0},
        "reference": {"constant_bce": 0.5, "constant_pool_bce": 0.5, "atlas_bce": 0.3, "atlas_dice": 0.5},
        "foreground": {"pool": 0.1, "test": 0.1},
        "history": {"update": updates, "epoch": updates, "training_loss": [1 / u for u in updates],
                    "validation_bce": [1 / u for u in updates]},
        "training": {"updates": 256, "epochs": 256, "batch_size": 8, "parameters": 1, "best_update": 256,
                     "stopped": "budget"},
        "warnings": [], "run": {"seconds": {"total": 1.0}, "device": "cpu", "versions": {}},
    }  # fmt: skip


def timed(name: str, load: Callable[[], object]) -> float:
    """Processor seconds of all threads: what a machine with nothing else to do takes on one core."""
    wall, processor = time.perf_counter(), time.process_time()
    load()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{name:44} {processor:8.2f} s of a processor {wall:8.2f} s passed")
    return processor


def measure(folder: Path) -> None:
    for name in ("snapshot.parquet", "cases.parquet"):
        (folder / name).unlink(missing_ok=True)
    timed("first scan: read and verify every record", lambda: Snapshot(folder).trials())
    timed("second load: columns", lambda: Snapshot(folder).trials())
    fit = timed("the same, checked and as curves for a fit", lambda: curves(study_trials(Snapshot(folder)), "bce"))
    timed("errors of single test cases, one measure", lambda: Snapshot(folder).cases("bce"))
    sizes = {path.name: path.stat().st_size / 2**20 for path in folder.glob("*.parquet")}
    print(", ".join(f"{name} {size:.0f} MiB" for name, size in sorted(sizes.items())))
    print(f"goal {GOAL_S:.0f} s: {'met' if fit <= GOAL_S else 'missed'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=50_000)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        timed(f"making {args.trials} records of {args.cases} test cases", lambda: make(folder, args.trials, args.cases))
        measure(folder)


if __name__ == "__main__":
    main()
