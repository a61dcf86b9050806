"""Times of what a user waits for in a large study: status, collect, and the check before `train` goes on.

Run: python benchmarks/store.py [--trials 19200] [--cases 100] [--folder FOLDER]
The study is made up (FOLDER, default: a temporary folder, keeps it for the next run): all trials done but the last
hundred, some of which have failed.  Goals: status within 3 s once its records were seen before, 20,000 new records
verified within 3 s.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from loading import make, timed

from segaug.cli.study_state import study_state
from segaug.experiment.trial.attempt import fail
from segaug.results.lease import take
from segaug.results.owner import this_process
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store

GOAL_S = 3.0
KEYS = ("id", "task", "model", "strategy", "size", "seed")
OPEN, FAILED, RUNNING = 100, 30, 20


def plan_and_open(folder: Path, trials: int) -> Store:
    """Plan what is there, take the last records away, and leave failures and leases in their place."""
    store, keys = Store(folder), []
    for number in range(trials):
        path = folder / "trials" / f"{number:016x}" / "record.json"
        record = json.loads(path.read_bytes())
        keys.append({key: record[key] for key in KEYS})
    store.add_plan({"trials": keys, "command": "segaug train study=made_up"})
    for number, key in enumerate(keys[-OPEN:]):
        path = store.record_path(key["id"])
        path.unlink()
        if number < FAILED:
            fail(store, key, "RuntimeError: CUDA out of memory", "", "oom")
        elif number < FAILED + RUNNING:
            take(path.parent, this_process(), None)
    return store


def measure(store: Store, trials: int) -> None:
    """Print the times."""
    for name in ("snapshot.parquet", "cases.parquet"):
        (store.folder / name).unlink(missing_ok=True)
    timed("plan: add the same piece again", lambda: store.add_plan({**store.plan()}))
    first = timed("collect: verify every record, write columns", lambda: Snapshot(store.folder).trials())
    later = timed("status, nothing new", lambda: study_state(store))
    timed("train: which trials are done, nothing new", lambda: Snapshot(store.folder).trials())
    told = study_state(store)["totals"]
    print(f"status says: {told}")
    scan = first * 20_000 / trials
    print(f"20,000 new records: {scan:.1f} s, goal {GOAL_S:.0f} s: {'met' if scan <= GOAL_S else 'missed'}")
    print(f"status: {later:.1f} s, goal {GOAL_S:.0f} s: {'met' if later <= GOAL_S else 'missed'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=19_200)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        timed(f"making {args.trials} records of {args.cases} test cases", lambda: make(folder, args.trials, args.cases))
        measure(plan_and_open(folder, args.trials), args.trials)


if __name__ == "__main__":
    main()
