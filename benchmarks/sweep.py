"""A sweep of short trials by our launcher and by Hydra's basic one: `python benchmarks/sweep.py`.

Both run the same trials of two updates of the real network at N = 1, from command to last record, in fresh folders.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TINY = ["dataset=phantom_blob", "dataset.images=60", "protocol=fixed_steps", "protocol.length=2", "protocol.warmup=1"]
ARMS = {"local (ours)": "hydra/launcher=local", "basic": "hydra/launcher=basic hydra/sweeper=basic"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20)
    trials = parser.parse_args().trials
    print(f"{trials} trials of 2 updates, {os.cpu_count()} cores")
    for name, overrides in ARMS.items():
        with tempfile.TemporaryDirectory() as folder:
            sweep = [
                "train",
                "-m",
                *TINY,
                *overrides.split(),
                "scale=n1",
                f"seed=range({trials})",
                f"output={folder}/study",
            ]
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "segaug", *sweep], check=True, stdout=subprocess.DEVNULL)
            took = time.perf_counter() - start
            done = len(list(Path(folder).glob("study/trials/*/record.json")))
        assert done == trials, f"{done} records"
        print(f"{name:14} {took:6.1f} s, {took / trials:5.2f} s a trial, start-up included", flush=True)


if __name__ == "__main__":
    main()
