"""Memory and time of `segaug report` of a large study: 20,000 trials with 40 test cases each.

Run: python benchmarks/report.py [COMMIT] [--trials 20000] [--cases 40] [--folder FOLDER]
The study is made up (FOLDER, default: a temporary folder, keeps it for the next run): 4 tasks, 2 models, 5 strategies,
10 sizes and 50 seeds.  Each arm runs twice in a process of its own, one thread: first without a snapshot, so that every
record is read and verified, then with it.  COMMIT: the same with the code of a commit beside the working tree's.
Goal: at most 300 MiB and 60 s, by processor seconds, in both.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from revisions import HERE, checkout

from segaug.results.json_file import sealed
from segaug.results.store import Store

GOAL_MIB, GOAL_S = 300, 60
TASKS, MODELS = ("heart", "lung", "liver", "femur"), ("nnunet", "swin_unet")
LAWS = {  # strategy -> a, b, c
    "baseline": (0.5, 0.6, 0.05), "red": (0.45, 0.6, 0.05), "regda": (0.4, 0.6, 0.05), "genda": (0.45, 0.65, 0.05),
    "mixup": (0.5, 0.6, 0.06),
}  # fmt: skip
SIZES, NOISE = (2 ** np.arange(10)).tolist(), 0.05
KEYS = ("id", "task", "model", "strategy", "size", "seed")
PROTOCOL = {"subset": "independent", "count": "images", "unit": "updates", "length": 256, "batch_size": 8, "lr": 0.01}
CHILD = """
import sys
from segaug.cli.main import main
code = main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print("peak", peak.split()[1], file=sys.stderr)
sys.exit(code)
"""


def make(folder: Path, trials: int, cases: int) -> None:
    """Write plan and records, unless the folder has them."""
    if (folder / "plan").is_dir():
        return
    rng, keys = np.random.default_rng(0), []
    seeds = -(-trials // (len(TASKS) * len(MODELS) * len(LAWS) * len(SIZES)))
    for place in list(product(TASKS, MODELS, LAWS, SIZES, range(seeds)))[:trials]:
        key = dict(zip(KEYS, ("-".join(map(str, place)), *place), strict=True))
        path = Store(folder).record_path(key["id"])
        path.parent.mkdir(parents=True)
        path.write_bytes(sealed(one_record(key, rng, cases)))
        keys.append(key)
    Store(folder).add_plan({"trials": keys, "command": "segaug train study=made_up"})


def one_record(key: dict, rng: np.random.Generator, cases: int) -> dict:
    a, b, c = LAWS[key["strategy"]]
    size = key["size"]
    bce = (a * size**-b + c) * np.exp(NOISE * rng.standard_normal() + 0.2 * rng.standard_normal(cases))
    errors = {"bce": bce, "bce_recalibrated": 0.95 * bce, "dice": 1 - np.sqrt(bce) / 2, "hd95": 4 * bce}
    means = {name: float(values.mean()) for name, values in errors.items()}
    updates = list(range(16, 257, 16))
    moved = {"displacement_rms_px": 1.5, "displacement_p95_px": 2.5, "min_jacobian": 0.4, "folded_share": 0.0}
    return {
        "schema": 1, **key, "status": "ok", "dataset_hash": "d" * 64, "protocol_hash": "p" * 16,
        "config": {"dataset": {"size": 64}, "augment": {"p": 1.0}, "protocol": PROTOCOL, "seed": key["seed"]},
        "labels": {"training": size, "validation": 16},
        "subset": {"ids": [f"case_{i:04}" for i in range(size)], "patients": size, "pool": 600, "overlap": size > 300},
        "sees": ["labelled subset"], "augmentation": None if key["strategy"] == "baseline" else moved,
        "test": {"best": means, "last": means},
        "cases": {"ids": [f"test_{i:04}" for i in range(cases)]} | {k: v.tolist() for k, v in errors.items()},
        "hd95": {"unit": "mm", "both_empty": 0, "one_empty": 0}, "recalibration": {"scale": 1.0, "offset": 0.0},
        "reference": {"constant_bce": 0.6, "constant_pool_bce": 0.6, "atlas_bce": 0.5 + 0.1 / size, "atlas_dice": 0.5},
        "foreground": {"pool": 0.1, "test": 0.1},
        "history": {"update": updates, "epoch": updates, "training_loss": [1 / u for u in updates],
                    "validation_bce": [0.1 + rng.uniform(1, 1.2) / u for u in updates]},
        "training": {"updates": 256, "epochs": 256, "batch_size": 8, "parameters": 1966433, "best_update": 256,
                     "stopped": "budget"},
        "warnings": [],
        "run": {"seconds": {"data": 0.01, "prepare": 0, "augmentation": 0.5, "network": 20.0, "other": 0.4,
                            "total": float(rng.uniform(20, 22))},
                "peak_memory_mib": 700.0, "device": "cpu", "host": "node", "finished": "2026-01-01T00:00:00+00:00",
                "versions": {"segaug": "0.1.0", "torch": "2.13.0"},
                "code": {"version": "0.1.0", "commit": "c" * 40, "changed": False, "hash": "e" * 64}},
    }  # fmt: skip


def report(tree: Path, folder: Path) -> tuple[float, float, float]:
    """MiB at most, and seconds of processor and of wall, of `segaug report` by the code of a tree."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, "report", str(folder)], cwd=tree, env=environment, capture_output=True, text=True
    )
    wall, after = time.perf_counter() - start, os.times()
    if done.returncode:
        sys.exit(done.stderr)
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return int(done.stderr.rsplit("peak ")[-1]) / 1024, processor, wall


def measure(name: str, tree: Path, folder: Path) -> None:
    """Print a line for each of the two runs, and how large the page is."""
    for path in folder.glob("*.parquet"):
        path.unlink()
    for state in ("without a snapshot", "with it"):
        mib, processor, wall = report(tree, folder)
        met = "met" if mib <= GOAL_MIB and processor <= GOAL_S else "missed"
        print(
            f"{name:14}{state:20}{mib:6.0f} MiB{processor:8.1f} s of a processor{wall:8.1f} s passed   goal: {met}",
            flush=True,
        )
    page = (folder / "report" / "index.html").stat().st_size / 2**20
    print(f"{name:14}{'page':20}{page:6.1f} MiB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit", nargs="?")
    parser.add_argument("--trials", type=int, default=20_000)
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = args.folder or Path(temporary) / "study"
        make(folder, args.trials, args.cases)
        if args.commit:
            before = stack.enter_context(checkout(args.commit, Path(temporary) / "before"))
            measure(args.commit[:12], before, folder)
        measure("working tree", HERE.parents[1], folder)


if __name__ == "__main__":
    main()
