"""What a mirror of a large study costs: runs, bytes, requests, and the time to find that nothing is to be done.

Run: python benchmarks/mirroring.py [--trials 19200] [--cases 100] [--folder FOLDER]
The records are made up (FOLDER, default: a temporary folder, keeps them for the next run).  Requests and seconds a run
are those of W&B's client against a stand-in server on this machine: a real one adds its distance, and its limits.
"""

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]  # for the stand-in server of the tests

import wandb

from benchmarks.loading import make
from segaug.results.mirror.granularity import GRANULARITIES
from segaug.results.mirror.run import Run
from segaug.results.mirror.sync import sync_study
from segaug.results.store import Store
from segaug.results.tracker import WandbTracker
from tests.wandb_server import WandbServer, account, serving

SENT = 12  # runs of each granularity that are really sent, to count requests


@dataclass
class Counting:
    """Takes the place of W&B."""

    sizes: list[int] = field(default_factory=list)

    def __call__(self, run: Run, _: WandbTracker, __: Path) -> None:
        if run.data and run.job_type != "study":
            self.sizes.append(len(run.data.data))


def measure(store: Store, granularity: str) -> None:
    """All runs of a study, made but not sent; then again, when there is nothing to do."""
    shutil.rmtree(store.folder / "wandb", ignore_errors=True)
    tracker, counting, seconds = WandbTracker(project=f"all-{granularity}", granularity=granularity), Counting(), []
    for _ in range(2):
        before = time.process_time()
        sync_study(store, tracker, publish=counting)
        seconds.append(time.process_time() - before)
    runs, total = len(counting.sizes), sum(counting.sizes)
    print(
        f"{granularity:6} {runs:6} runs, data {total / 2**20:6.1f} MiB, {total / runs / 1024:6.1f} kiB a run; "
        f"made in {seconds[0]:5.1f} s of a processor; nothing to do: {seconds[1]:4.1f} s"
    )


def send(folder: Path, granularity: str) -> None:
    """Some runs, to a stand-in server."""
    store, server = Store(folder / f"small-{granularity}"), WandbServer()
    trials = SENT * {"curve": 200, "cell": 20, "trial": 1}[granularity]
    make(store.folder, trials, 100)
    with serving(server), account(server.url, folder):
        before = time.perf_counter()
        found = sync_study(store, WandbTracker(mode="online", granularity=granularity))
        passed, runs = time.perf_counter() - before, found.counts["written"]
    wandb.teardown()  # it remembers its first server
    files = [len(data) for run in server.runs.values() for data in run.files.values()]
    requests = sum(" " in asked for asked in server.asked)
    print(
        f"{granularity:6} {runs:6} runs sent: {requests / runs:4.1f} requests, {len(files) / runs:3.1f} files and "
        f"{sum(files) / runs / 1024:6.1f} kiB a run; {passed / runs:4.2f} s a run"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=19200)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        make(folder / "study", args.trials, args.cases)
        print(f"{args.trials} trials, {args.cases} test cases each")
        for granularity in GRANULARITIES:
            measure(Store(folder / "study"), granularity)
        for granularity in GRANULARITIES:
            send(folder, granularity)


if __name__ == "__main__":
    main()
